// The page inside the frame: says that it is there, and that Esc was pressed. Nothing else leaves it.
const say = (word) => parent !== window && parent.postMessage(word, "*");
addEventListener("keydown", (event) => event.key === "Escape" && say("bihuan:close"));
say("bihuan:ready");
