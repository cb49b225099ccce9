// The picture that is mended is looked at closely: two fingers, Ctrl with the wheel, or keys. One
// finger paints as ever.
(() => {
  const MOST = 8;  // times as large
  const fingers = new Map();  // where they are on the picture, by pointer
  let view = {zoom: 1, x: 0, y: 0};  // and where its corner lies, in shares of its frame
  let pinching = false;  // from the second finger until the last one is lifted
  const place = ({clientX, clientY}) => [clientX, clientY];
  const onPicture = event => event.target.matches?.("#touch-up-picture img");
  const show = next => {
    view = next;
    const style = document.querySelector("#touch-up-picture")?.style;
    for (const name in view) style?.setProperty(`--${name}`, view[name]);
  };
  // What lies at one place of the window comes to lie at another, by a factor larger.
  const zoom = (factor, [fromX, fromY], [toX, toY] = [fromX, fromY]) => {
    const box = document.querySelector("#touch-up-picture img").getBoundingClientRect();
    const zoom = Math.min(MOST, Math.max(1, view.zoom * factor));
    const corner = (start, size, share, from, to) => {
      const side = size / view.zoom, begin = start - share * side;  // of the frame
      const wanted = (to - (from - start) / view.zoom * zoom - begin) / side;
      return Math.min(0, Math.max(1 - zoom, wanted));  // it fills the frame
    };
    const x = corner(box.left, box.width, view.x, fromX, toX);
    show({zoom, x, y: corner(box.top, box.height, view.y, fromY, toY)});
  };
  Object.assign(window.gecat, {
    zoom,
    wholePicture: () => show({zoom: 1, x: 0, y: 0}),
    // Moves the picture so that a place of the window is within its frame.
    bringIntoSight([x, y]) {
      const frame = document.querySelector("#touch-up-picture").getBoundingClientRect();
      const within = (at, low, high) => Math.min(high - 20, Math.max(low + 20, at));
      const to = [within(x, frame.left, frame.right), within(y, frame.top, frame.bottom)];
      if (view.zoom > 1) zoom(1, [x, y], to);
    },
  });
  const middle = ([[x, y], [X, Y]]) => [(x + X) / 2, (y + Y) / 2];
  const spread = ([[x, y], [X, Y]]) => Math.max(1, Math.hypot(x - X, y - Y));
  document.addEventListener("pointerdown", event => {
    if (!onPicture(event)) return;
    if (event.isPrimary) {
      fingers.clear();
      pinching = false;
    }
    fingers.set(event.pointerId, place(event));
    if (fingers.size < 2) return;
    // What the first finger has begun to draw was none.
    if (!pinching) event.target.dispatchEvent(new PointerEvent("pointercancel", {bubbles: true}));
    pinching = true;
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("pointermove", event => {
    if (!pinching || !fingers.has(event.pointerId)) return;
    event.stopImmediatePropagation();
    const before = [...fingers.values()];
    fingers.set(event.pointerId, place(event));
    const now = [...fingers.values()];
    if (now.length === 2) zoom(spread(now) / spread(before), middle(before), middle(now));
  }, true);
  for (const kind of ["pointerup", "pointercancel"])
    document.addEventListener(kind, event => {
      if (!fingers.delete(event.pointerId) || !pinching) return;
      event.stopImmediatePropagation();
      pinching = fingers.size > 0;
    }, true);
  document.addEventListener("wheel", event => {
    if (!event.ctrlKey || !onPicture(event)) return;
    event.preventDefault();
    zoom(2 ** (-event.deltaY / 200), place(event));
  }, {passive: false});
})();
