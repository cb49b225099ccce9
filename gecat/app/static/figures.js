// Before and after: the line between them moves by pointer, touch and arrow keys, and stays where it
// is when both pictures are drawn anew.
(() => {
  const split = input => input.closest("#before-after").style;
  document.addEventListener("input", event => {
    if (event.target.matches?.(".before-after input"))
      split(event.target).setProperty("--split", `${event.target.value}%`);
  });
  new MutationObserver(oncePerFrame(() => {
    const input = document.querySelector(".before-after input");
    const value = input && parseFloat(split(input).getPropertyValue("--split") || 50);
    if (input && input.valueAsNumber !== value) input.value = value;
  })).observe(document, {subtree: true, childList: true});
})();

// A figure tells the value under the pointer, and saves itself as a picture.
(() => {
  const read = event => {
    const picture = event.target.closest?.("figure.explained image.map");
    if (!picture) return;
    const figure = picture.closest("figure"), data = figure.dataset;
    const box = picture.getBoundingClientRect();
    const place = (at, start, size, count) =>
      Math.min(count - 1, Math.max(0, Math.floor((at - start) / size * count)));
    const column = place(event.clientX, box.left, box.width, +data.columns);
    const row = place(event.clientY, box.top, box.height, +data.rows);
    const bytes = atob(data.values), low = data.low.split(" "), high = data.high.split(" ");
    const values = low.map((start, index) => {
      const level = bytes.charCodeAt((row * data.columns + column) * low.length + index);
      return (+start + level / 255 * (high[index] - start)).toPrecision(3);
    });
    figure.querySelector(".reading").textContent = values.join("  ·  ");
  };
  document.addEventListener("pointermove", read);
  document.addEventListener("pointerdown", read);
  document.addEventListener("click", event => {
    const button = event.target.closest?.("figure.explained button.png");
    if (!button) return;
    const figure = button.closest("figure"), svg = figure.querySelector("svg").cloneNode(true);
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    svg.setAttribute("width", 2 * width);
    svg.setAttribute("height", 2 * height);
    svg.setAttribute("style", "color: #1e293b; font-family: system-ui, sans-serif");
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [2 * width, 2 * height];
      const pen = canvas.getContext("2d");
      pen.fillStyle = "white";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(image, 0, 0);
      const link = document.createElement("a");
      link.download = figure.dataset.name + ".png";
      link.href = canvas.toDataURL("image/png");
      link.click();
    };
    image.src = "data:image/svg+xml;charset=utf-8,"
      + encodeURIComponent(new XMLSerializer().serializeToString(svg));
  });
})();

// A chart tells the values at the place that is pointed at, where its keys tell the last ones.
(() => {
  let told = null;  // the chart, and what its keys said
  // As `short` in charts.py writes them.
  const short = value => {
    const exponent = value && Math.floor(Math.log10(Math.abs(value)));
    if (Math.abs(exponent) > 6) {
      const power = [...`${exponent}`].map(sign => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
      return `${short(value / 10 ** exponent)}·10${power.join("")}`;
    }
    const maximumSignificantDigits = Math.min(3, Math.max(1, exponent + 5));
    return value.toLocaleString("en", {maximumSignificantDigits, useGrouping: false});
  };
  const forget = () => {
    told?.keys.forEach(([key, text]) => { key.textContent = text; });
    told = null;
  };
  document.addEventListener("pointermove", event => {
    const svg = event.target.closest?.("figure.chart svg[data-low]");
    if (told && told.svg !== svg) forget();
    if (!svg) return;
    const figure = svg.closest("figure");
    told ??= {svg, keys: [...figure.querySelectorAll(".keys b")].map(b => [b, b.textContent])};
    const {low, high, scale, top, base} = svg.dataset;
    const at = svg.createSVGPoint();
    [at.x, at.y] = [event.clientX, event.clientY];
    const {x} = at.matrixTransform(svg.getScreenCTM().inverse());
    svg.querySelectorAll("polyline").forEach((line, index) => {
      const points = line.getAttribute("points").split(" ").map(pair => pair.split(",").map(Number));
      const [, y] = points.reduce((one, two) => Math.abs(two[0] - x) < Math.abs(one[0] - x) ? two : one);
      const share = (base - y) / (base - top);
      const value = scale === "log"
        ? low * (high / low) ** share : +low + share * (high - low);
      const beyond = share >= 1 && svg.querySelector(`.beyond.${line.classList[0]}`);
      told.keys[index][0].textContent = (beyond ? "> " : "") + short(value);
    });
  });
})();
