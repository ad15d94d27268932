"""The keys that wrap keys: the key-encryption keys of an installation, and its house key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bihuan.store import server_secret

KEY_BYTES = 32
_AES_256_GCM = b"\x01"  # the first byte of everything sealed: another algorithm takes another
_ID_BYTES = 4
_NONCE_BYTES = 12
_HEAD = 1 + _ID_BYTES
_HOUSE = "house"


class WrongKey(SystemExit):
    """The key-encryption key is not the one this installation was made with: nothing starts."""

    def __init__(self, path: Path, given: str) -> None:
        super().__init__(
            f"{path} was sealed with another key-encryption key than the one given ({given});"
            " set BIHUAN_KEK or BIHUAN_KEK_FILE to the key it was made with, or bring"
            f" {path.parent / 'kek'} back from the backup of the keys"
        )


class BadKey(SystemExit):
    """BIHUAN_KEK is no key. The value itself is never printed."""

    def __init__(self) -> None:
        super().__init__(
            f"BIHUAN_KEK cannot be used: allowed is {KEY_BYTES} random bytes in base64;"
            " during a rotation several, parted by commas, the new one first"
        )


class Tampered(Exception):
    """Sealed bytes that are not what was sealed in this place with this key."""


def key_id(key: bytes) -> bytes:
    """Names a key without telling anything of it."""
    return hashlib.sha256(b"bihuan.key.1\x00" + key).digest()[:_ID_BYTES]


def encrypt(cipher: AESGCM, name: bytes, plain: bytes, place: bytes) -> bytes:
    """Algorithm, key id, nonce, then the sealed bytes; `place` is bound to them."""
    nonce = os.urandom(_NONCE_BYTES)
    head = _AES_256_GCM + name
    return head + nonce + cipher.encrypt(nonce, plain, head + place)


def decrypt(cipher: AESGCM, name: bytes, sealed: bytes, place: bytes) -> bytes:
    """What `encrypt` sealed in this place with this key. Raises Tampered."""
    head = _AES_256_GCM + name
    if sealed[:_HEAD] != head:
        raise Tampered("sealed with another key or another algorithm")
    start = _HEAD + _NONCE_BYTES
    try:
        return cipher.decrypt(sealed[_HEAD:start], sealed[start:], head + place)
    except InvalidTag:
        raise Tampered("the sealed bytes were changed or moved") from None


class Vault:
    """Key-encryption keys (the first one wraps, all unwrap) and the house key they guard.

    `folder` holds the wrapped house key; the first to open the vault makes it. Raises WrongKey.
    """

    def __init__(self, keys: Sequence[bytes], folder: Path) -> None:
        self._wrapping = {key_id(key): AESGCM(key) for key in keys}
        self._first = key_id(keys[0])
        self._path = folder / _HOUSE
        self._house = self._open_house()
        self._house_id = key_id(self._house)
        self._house_cipher = AESGCM(self._derived("seal"))
        self._index_keys: dict[str, bytes] = {}

    @property
    def current(self) -> str:
        """The id of the key that wraps."""
        return self._first.hex()

    @property
    def fingerprint(self) -> str:
        """Names the house key without telling anything of it."""
        return self._derived("fingerprint").hex()

    def wrap(self, key: bytes) -> bytes:
        """A key as it may be stored."""
        return encrypt(self._wrapping[self._first], self._first, key, b"key")

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key that `wrap` was given. Raises Tampered, also when its wrapping key is absent."""
        name = wrapped[1:_HEAD]
        cipher = self._wrapping.get(name)
        if cipher is None:
            raise Tampered(f"wrapped with the key-encryption key {name.hex()}, which is not given")
        return decrypt(cipher, name, wrapped, b"key")

    def house_seal(self, plain: bytes, place: bytes) -> bytes:
        """Sealed with the key of the house."""
        return encrypt(self._house_cipher, self._house_id, plain, place)

    def house_open(self, sealed: bytes, place: bytes) -> bytes:
        """What `house_seal` sealed in this place. Raises Tampered."""
        return decrypt(self._house_cipher, self._house_id, sealed, place)

    def index(self, name: str, value: bytes) -> bytes:
        """HMAC-SHA256 under a key of its own for each name."""
        key = self._index_keys.get(name)
        if key is None:
            key = self._index_keys[name] = self._derived(f"index|{name}")
        return hmac.digest(key, value, "sha256")

    def rewrap_house(self) -> None:
        """Wrap the house key with the first key-encryption key, when it is not yet."""
        if self._read()[1:_HEAD] != self._first:
            draft = self._written()
            os.replace(draft, self._path)
            _sync(self._path.parent)

    def _derived(self, info: str) -> bytes:
        hkdf = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"bihuan|" + info.encode())
        return hkdf.derive(self._house)

    def _open_house(self) -> bytes:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._path.exists():
            self._house = AESGCM.generate_key(8 * KEY_BYTES)
            draft = self._written()
            try:
                os.link(draft, self._path)  # fails when another process was first: theirs stands
            except FileExistsError:
                pass
            finally:
                draft.unlink()
            _sync(self._path.parent)
        try:
            return self.unwrap(self._read())
        except Tampered:
            given = ", ".join(name.hex() for name in self._wrapping)
            raise WrongKey(self._path, given) from None

    def _read(self) -> bytes:
        try:
            return base64.urlsafe_b64decode(self._path.read_bytes())
        except binascii.Error:
            return b""

    def _written(self) -> Path:
        draft = self._path.with_name(f".{_HOUSE}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(base64.urlsafe_b64encode(self.wrap(self._house)))
            file.flush()
            os.fsync(file.fileno())
        return draft


def open_in(home: Path, given: str) -> Vault:
    """The vault under `home/keys`, with the keys given or, when none is, one made there."""
    words = given or server_secret.read_or_make(home, "kek", KEY_BYTES)
    keys = [_key(word) for word in words.replace("\n", ",").split(",") if word.strip()]
    if not keys:
        raise BadKey
    return Vault(keys, home / "keys")


def from_environment(home: Path) -> Vault:
    """The vault as the settings open it, where Django is not loaded. Raises OSError."""
    file = os.environ.get("BIHUAN_KEK_FILE")
    given = Path(file).read_text("utf-8") if file else os.environ.get("BIHUAN_KEK", "")
    return open_in(home, given.strip())


def _key(word: str) -> bytes:
    plain = word.strip().replace("-", "+").replace("_", "/").rstrip("=")
    try:
        key = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        raise BadKey from None
    if len(key) != KEY_BYTES:
        raise BadKey
    return key


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
