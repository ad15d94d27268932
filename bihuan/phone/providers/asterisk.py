"""Asterisk 16 to 22 by ARI: its events become facts of calls.

One WebSocket `/ari/events?app=…&subscribeAll=true` with Basic authentication; what the dialplan
sends into the application by `Stasis()` is sent on at once, so that it may stand anywhere there.
A call is the channel that came in; the telephones that ring for it are known by `Dial` events.
"""

from __future__ import annotations

import base64
import json
import ssl
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from bihuan.core.calls import Fact, Heard
from bihuan.phone.providers import Lost, Refused

TIMEOUT = 10.0  # seconds for each answer
MOST = 1_000_000  # bytes of a message
AT_ONCE = 200  # messages of one look
KEPT = 10_000  # channels and bridges that are remembered
#: Hangup causes (ITU-T Q.850) in the words of the generic format; others by their number.
CAUSES = {16: "hangup", 17: "busy", 18: "no_answer", 19: "no_answer", 21: "rejected", 34: "failed"}
_PEERS = ("AppDial", "AppQueue")  # what runs on a channel that somebody else has called
_WAITING = frozenset({"", "RINGING", "PROGRESS"})  # dial statuses of a telephone that may ring yet


@dataclass(slots=True)
class Leg:
    """A channel of a call: the one that came in, or a telephone that rings for it."""

    ref: str
    agent: str = ""
    number_from: str = ""
    number_to: str = ""
    direction: str = "in"
    own: bool = False
    left: bool = False


class Asterisk:
    """One line. `url` is Asterisk's HTTP server, `app` the application; nobody else may have it."""

    name = "asterisk"

    def __init__(
        self, *, url: str, user: str, password: str, app: str, timeout: float = TIMEOUT
    ) -> None:
        self.url, self.app, self.timeout = urlsplit(url), app, timeout
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self.headers = {"Authorization": f"Basic {token}"}
        self._open = ExitStack()
        self._socket: ClientConnection | None = None
        self._legs: OrderedDict[str, Leg] = OrderedDict()
        self._others: OrderedDict[str, str] = OrderedDict()  # bridge, or half of a Local: call

    def connect(self, extensions: Collection[str]) -> tuple[list[Heard], frozenset[str]]:
        """Take up the line: the calls that are going on, and the ids of all that are.

        Raises Refused, or another OSError when nobody answers.
        """
        self.close()
        place = f"{'wss' if self.url.scheme == 'https' else 'ws'}://{self.url.netloc}/ari/events?"
        asked = urlencode({"app": self.app, "subscribeAll": "true"})
        try:
            line = connect(
                place + asked, additional_headers=self.headers, open_timeout=self.timeout,
                close_timeout=1, max_size=MOST, compression=None, proxy=None,
            )  # fmt: skip
            self._socket = self._open.enter_context(line)
        except InvalidStatus as no:
            kind = Refused if no.response.status_code in (401, 403) else OSError
            raise kind(f"{no.response.status_code}") from None
        except WebSocketException as fault:
            raise OSError(type(fault).__name__) from fault
        try:
            channels = json.loads(self._call("GET", "/ari/channels"))
            bridges = json.loads(self._call("GET", "/ari/bridges"))
        except (OSError, ValueError) as fault:
            self.close()
            raise fault if isinstance(fault, OSError) else OSError("not ARI") from fault
        told = [h for one in channels if not _called(one) for h in self._begun(one, extensions)]
        told += self._talking({one["id"]: one for one in channels if _called(one)}, bridges)
        return told, frozenset(str(one["id"]) for one in channels)

    def heard(self, wait: float, extensions: Collection[str]) -> list[Heard]:
        """What is said within `wait` seconds, at once when there is something. Raises Lost."""
        if self._socket is None:
            raise Lost("lost")
        found: list[Heard] = []
        try:
            for n in range(AT_ONCE):
                message = self._socket.recv(timeout=0 if n else wait)
                found += self.read(message, extensions)
        except TimeoutError:
            pass
        except ConnectionClosed:
            if not found:
                raise Lost("lost") from None  # else at the next look
        return found

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError, WebSocketException):
            self._open.close()
        self._open, self._socket = ExitStack(), None

    def read(self, message: str | bytes, extensions: Collection[str]) -> list[Heard]:
        """The facts in one message; none in what is no event, or of a call that is not known."""
        try:
            told = json.loads(message)
            kind = told["type"]
            if kind == "ApplicationReplaced":
                raise Lost("replaced")
            look = READ.get(kind)
            return list(look(self, told, extensions)) if look else []
        except (ValueError, TypeError, KeyError, AttributeError):
            return []

    def _created(self, told: Any, extensions: Collection[str]) -> Iterator[Heard]:
        if told["channel"]["state"] == "Ring":  # it rings at us; those we call are Down at first
            yield from self._begun(told["channel"], extensions)

    def _entered(self, told: Any, extensions: Collection[str]) -> Iterator[Heard]:
        channel = told["channel"]
        with suppress(OSError):  # it may have hung up meanwhile
            self._call("POST", f"/ari/channels/{quote(channel['id'], safe='')}/continue")
        if not _called(channel):
            yield from self._begun(channel, extensions)

    def _dialled(self, told: Any, extensions: Collection[str]) -> Iterator[Heard]:
        caller, peer = told["caller"], told["peer"]
        leg = self._leg(caller)
        if leg is None and not _called(caller):
            yield from self._begun(caller, extensions)
            leg = self._leg(caller)
        if leg is None:
            return
        half = _half(peer)
        if half:
            _remember(self._others, half, leg.ref)
            return
        call = self._legs[leg.ref]
        agent = call.agent if call.direction == "out" else _extension(peer)
        _remember(self._legs, peer["id"], Leg(leg.ref, agent))
        if told["dialstatus"] == "ANSWER":
            yield self._heard("answered", leg.ref, told, agent=agent)
        elif told["dialstatus"] in _WAITING and call.direction == "in":
            yield self._heard("started", leg.ref, told, agent=agent)

    def _changed(self, told: Any, extensions: Collection[str]) -> Iterator[Heard]:
        leg = self._legs.get(told["channel"]["id"])
        # that the call itself is Up may be a machine's doing: a telephone that is, is somebody
        if told["channel"]["state"] == "Up" and leg and not leg.own:
            yield self._heard("answered", leg.ref, told, agent=leg.agent)

    def _bridged(self, told: Any, extensions: Collection[str]) -> Iterator[Heard]:
        leg = self._legs.get(told["channel"]["id"])
        if leg:
            _remember(self._others, told["bridge"]["id"], leg.ref)
        yield from ()

    def _hung_up(self, told: Any, extensions: Collection[str]) -> Iterator[Heard]:
        leg = self._legs.get(told["channel"]["id"])
        if leg and leg.own and not told.get("soft"):
            leg.left = True
        yield from ()

    def _destroyed(self, told: Any, extensions: Collection[str]) -> Iterator[Heard]:
        leg = self._legs.get(told["channel"]["id"])
        if leg and leg.own:
            cause = int(told["cause"])
            reason = "caller_left" if leg.left else CAUSES.get(cause, f"cause_{cause}")
            yield self._heard("ended", leg.ref, told, reason=reason)
        elif leg:
            del self._legs[told["channel"]["id"]]

    def _recorded(self, told: Any, extensions: Collection[str]) -> Iterator[Heard]:
        recording = told["recording"]
        kind, _, id = recording["target_uri"].partition(":")
        leg = self._legs.get(id)
        ref = leg.ref if leg else self._others.get(id, "") if kind == "bridge" else ""
        if ref in self._legs:
            name = quote(recording["name"], safe="")
            place = f"{self.url.scheme}://{self.url.netloc}/ari/recordings/stored/{name}/file"
            seconds = max(int(recording.get("duration", 0)), 0)
            yield self._heard("recording", ref, told, recording=place, seconds=seconds)

    def _begun(self, channel: Any, extensions: Collection[str]) -> Iterator[Heard]:
        """A channel that came in; one between two telephones of the house is no call of ours."""
        if channel["id"] in self._legs or _half(channel):
            return
        own, dialled = _extension(channel), channel["dialplan"]["exten"]
        dialled = dialled if any(sign.isdigit() for sign in dialled) else ""
        out = own in extensions
        if out and dialled in extensions:
            return
        number = own if out else channel["caller"]["number"]
        agent, direction = (own, "out") if out else ("", "in")
        leg = Leg(channel["id"], agent, number, dialled, direction, own=True)
        _remember(self._legs, channel["id"], leg)
        began = {"timestamp": channel["creationtime"]}
        yield self._heard("started", leg.ref, began, agent=agent)

    def _talking(self, called: dict[str, Any], bridges: Any) -> Iterator[Heard]:
        """Who was picked up while nobody listened: the call and a telephone are in one bridge."""
        for bridge in bridges:
            phones = [called[id] for id in bridge["channels"] if id in called]
            leg = next((self._legs[id] for id in bridge["channels"] if id in self._legs), None)
            if leg and phones and phones[0]["state"] == "Up":
                _remember(self._others, bridge["id"], leg.ref)
                began = {"timestamp": bridge.get("creationtime") or phones[0]["creationtime"]}
                agent = leg.agent if leg.direction == "out" else _extension(phones[0])
                yield self._heard("answered", leg.ref, began, agent=agent)

    def _leg(self, channel: Any) -> Leg | None:
        """Of which call a channel is; both halves of a Local one are of the same."""
        ref = self._others.get(_half(channel) or "")
        return self._legs.get(ref or channel["id"])

    def _heard(self, event: Any, ref: str, told: Any, **more: Any) -> Heard:
        call = self._legs[ref]
        fact = Fact(
            event, datetime.fromisoformat(told["timestamp"]), number_from=call.number_from,
            number_to=call.number_to, direction=call.direction, **more,
        )  # fmt: skip
        return Heard(ref, fact)

    def _call(self, method: str, path: str) -> bytes:
        """One request beside the line. Raises Refused, or another OSError."""
        line = self._http()
        try:
            line.request(method, path, headers=self.headers)
            answer = line.getresponse()
            body = answer.read(20 * MOST)
        except HTTPException as fault:
            raise OSError(type(fault).__name__) from fault
        finally:
            line.close()
        if answer.status >= 400:
            raise (Refused if answer.status in (401, 403) else OSError)(str(answer.status))
        return body

    def _http(self) -> HTTPConnection:
        if self.url.scheme == "http":
            return HTTPConnection(self.url.netloc, timeout=self.timeout)
        context = ssl.create_default_context()
        return HTTPSConnection(self.url.netloc, timeout=self.timeout, context=context)


#: What is read of each event; the rest of what Asterisk says concerns nobody here.
READ: dict[str, Callable[[Asterisk, Any, Collection[str]], Iterator[Heard]]] = {
    "ChannelCreated": Asterisk._created,
    "StasisStart": Asterisk._entered,
    "Dial": Asterisk._dialled,
    "ChannelStateChange": Asterisk._changed,
    "ChannelEnteredBridge": Asterisk._bridged,
    "ChannelHangupRequest": Asterisk._hung_up,
    "ChannelDestroyed": Asterisk._destroyed,
    "RecordingFinished": Asterisk._recorded,
}


def _extension(channel: Any) -> str:
    """`1001` of `PJSIP/1001-0000002a`; of what is no telephone its name, which nobody has."""
    return str(channel["name"]).partition("/")[2].rpartition("-")[0]


def _half(channel: Any) -> str:
    """The name that both halves of a Local channel have; "" of any other channel."""
    name = str(channel["name"])
    return name.rpartition(";")[0] if name.startswith("Local/") else ""


def _called(channel: Any) -> bool:
    """Whether this is a telephone that was called, or half of a detour, and did not come in."""
    runs = str(channel["dialplan"].get("app_name", ""))
    down = channel["state"] in ("Down", "Ringing")
    return down or bool(_half(channel)) or runs.startswith(_PEERS)


def _remember(kept: OrderedDict[str, Any], id: str, value: Any) -> None:
    kept[id] = value
    while len(kept) > KEPT:
        kept.popitem(last=False)
