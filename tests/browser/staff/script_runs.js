// Counts what Streamlit's script was asked to run and what it finished, from its own messages (Protocol Buffers), so that
// a test knows when a screen has been drawn for what it did. Field numbers: streamlit/proto/{BackMsg,ForwardMsg}.proto.
(() => {
  const RERUN_SCRIPT = 11,
    NEW_SESSION = 4,
    SCRIPT_FINISHED = 6,
    FINISHED_EARLY_FOR_RERUN = 2;
  const runs = (window.scriptRuns = { asked: 0, running: true, heard: performance.now() });

  function fields(bytes) {
    const found = [];
    let at = 0;
    const number = () => {
      let value = 0,
        scale = 1;
      for (;;) {
        const byte = bytes[at++];
        value += (byte & 127) * scale;
        if (byte < 128) return value;
        scale *= 128;
      }
    };
    while (at < bytes.length) {
      const tag = number(),
        wire = tag & 7;
      if (wire === 0) found.push([tag >> 3, number()]);
      else if (wire === 2) {
        found.push([tag >> 3, null]);
        const length = number();
        at += length;
      } else at += wire === 1 ? 8 : 4;
    }
    return found;
  }

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...of) {
      super(...of);
      this.addEventListener("message", ({ data }) => {
        if (!(data instanceof ArrayBuffer)) return;
        runs.heard = performance.now();
        for (const [field, value] of fields(new Uint8Array(data))) {
          if (field === NEW_SESSION) {
            runs.running = true;
            runs.asked = 0;
          }
          if (field === SCRIPT_FINISHED) runs.running = value === FINISHED_EARLY_FOR_RERUN;
        }
      });
    }
    send(data) {
      if (
        ArrayBuffer.isView(data) &&
        fields(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).some(([field]) => field === RERUN_SCRIPT)
      ) {
        runs.asked += 1;
        runs.heard = performance.now();
      }
      return super.send(data);
    }
  };
})();
