// Mend by hand: a stroke on the picture is drawn at once, and sent when it ends. What is sent is all
// strokes so far, in shares of the picture's sides, as text of a field that nobody sees.
(() => {
  const POINTS = 100;  // of a stroke at most
  const COLOURS = {keep: "rgb(16 185 129 / 70%)", remove: "rgb(239 68 68 / 70%)"};
  let stroke = null;
  // Where the picture lies within its frame.
  const shown = image => {
    const box = image.getBoundingClientRect();
    const scale = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
    const width = image.naturalWidth * scale, height = image.naturalHeight * scale;
    const left = box.left + (box.width - width) / 2, top = box.top + (box.height - height) / 2;
    return {left, top, width, height};
  };
  const brushRadius = () => document.querySelector("#touch-up-brush input").value / 100;
  const share = (at, start, size) => Math.min(0.9999, Math.max(0, (at - start) / size));
  const placeOf = (event, area) => [
    share(event.clientX, area.left, area.width), share(event.clientY, area.top, area.height),
  ];
  const add = ([x, y]) => {
    const {area, points} = stroke;
    const [lastX, lastY] = points.at(-1) ?? [-1, -1];
    if (Math.hypot((x - lastX) * area.width, (y - lastY) * area.height) < 2) return;
    points.push([+x.toFixed(4), +y.toFixed(4)]);
    // Every other point of a long stroke tells as much.
    if (points.length > POINTS)
      stroke.points = points.filter((_, index) => index % 2 === 0 || index > POINTS - 2);
    const pen = stroke.canvas.getContext("2d");
    const [fromX, fromY] = lastX < 0 ? [x, y] : [lastX, lastY];
    pen.beginPath();
    pen.moveTo(fromX * area.width, fromY * area.height);
    pen.lineTo(x * area.width, y * area.height);
    pen.stroke();
  };
  const begin = image => {
    const kind = document.querySelector("#touch-up-kind input:checked").value;
    const radius = brushRadius(), area = shown(image), canvas = document.createElement("canvas");
    canvas.className = "stroke";
    for (const side of ["left", "top"]) canvas.style[side] = `${area[side]}px`;
    [canvas.width, canvas.height] = [area.width, area.height];
    // Looked at closely, the picture reaches beyond its frame.
    const frame = document.querySelector("#touch-up-picture").getBoundingClientRect();
    const beyond = [
      frame.top - area.top, area.left + area.width - frame.right,
      area.top + area.height - frame.bottom, frame.left - area.left,
    ];
    canvas.style.clipPath = `inset(${beyond.map(side => `${Math.max(0, side)}px`).join(" ")})`;
    document.body.append(canvas);
    const pen = canvas.getContext("2d");
    pen.lineCap = pen.lineJoin = "round";
    pen.lineWidth = 2 * radius * Math.max(area.width, area.height);
    pen.strokeStyle = COLOURS[kind];
    stroke = {image, canvas, area, radius, keep: kind === "keep", points: []};
  };
  const end = () => {
    const {canvas, image, points, keep, radius} = stroke;
    stroke = null;
    const field = document.querySelector("#touch-up-strokes textarea");
    const before = field.value ? JSON.parse(field.value) : [];
    field.value = JSON.stringify([...before, {keep, points, radius}]);
    field.dispatchEvent(new Event("input", {bubbles: true}));
    // The paint stays until the picture answers.
    const wipe = () => canvas.remove();
    image.addEventListener("load", wipe, {once: true});
    setTimeout(wipe, 3000);
  };
  document.addEventListener("pointerdown", event => {
    const image = event.target;
    if (!image.matches?.("#touch-up-picture img") || event.button || stroke) return;
    if (!image.naturalWidth) return;  // the answer to the last stroke is coming
    event.preventDefault();
    image.setPointerCapture(event.pointerId);
    begin(image);
    add(placeOf(event, stroke.area));
  });
  document.addEventListener("pointermove", event => {
    if (stroke) add(placeOf(event, stroke.area));
  });
  document.addEventListener("pointerup", () => { if (stroke) end(); });
  document.addEventListener("pointercancel", () => {
    stroke?.canvas.remove();
    stroke = null;
  });
  // By keyboard: arrows move the brush by its own radius, + and - show it closer.
  const FACTORS = {"+": 1.5, "=": 1.5, "-": 1 / 1.5, 0: 0};
  const WAYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
  const brush = document.createElement("i");
  brush.className = "brush";
  let place = [0.5, 0.5];  // of the brush, in shares of the picture's sides
  const inWindow = ({left, top, width, height}) => [
    left + place[0] * width, top + place[1] * height,
  ];
  const showBrush = (area, radius) => {
    const size = 2 * radius * Math.max(area.width, area.height);
    brush.style.width = brush.style.height = `${size}px`;
    const [left, top] = inWindow(area);
    brush.style.left = `${scrollX + left}px`;
    brush.style.top = `${scrollY + top}px`;
    document.body.append(brush);
  };
  document.addEventListener("keydown", event => {
    const image = event.target.closest?.("#touch-up-picture")?.querySelector("img");
    const way = WAYS[event.key], pressed = event.key === "Enter" || event.key === " ";
    const factor = event.ctrlKey || event.metaKey ? undefined : FACTORS[event.key];
    if (!image?.naturalWidth || !(way || pressed || factor !== undefined)) return;
    event.preventDefault();
    const area = shown(image), radius = brushRadius();
    if (factor !== undefined) {
      window.gecat.zoom(factor, inWindow(area));
      showBrush(shown(image), radius);
      return;
    }
    const step = radius * Math.max(area.width, area.height);
    if (!stroke && (pressed || event.shiftKey)) {
      begin(image);
      add(place);
    }
    if (way) {
      place = [area.width, area.height].map((side, axis) =>
        share(place[axis] * side + way[axis] * step, 0, side));
      if (stroke) add(place);
    } else if (!event.shiftKey) end();
    if (!stroke) window.gecat.bringIntoSight(inWindow(area));
    showBrush(shown(image), radius);
  });
  document.addEventListener("keyup", event => {
    if (event.key === "Shift" && stroke && brush.isConnected) end();
  });
  document.addEventListener("focusout", () => {
    if (stroke && brush.isConnected) end();
    brush.remove();
  });
  document.addEventListener("dragstart", event => {
    if (event.target.matches?.("#touch-up-picture img")) event.preventDefault();
  });
})();
