// Draws the charts of a time range again with uPlot, so that one cursor reads all of them and dragging zooms all of them.
// Without it the drawings of the page stay. Colours are those of the page, in each theme.
(() => {
  const DAY = 86_400;
  const drawn = [];
  const dayAndTime = new Intl.DateTimeFormat("en-GB", {
    timeZone: "UTC",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  const utc = (seconds) => new Date(seconds * 1000).toISOString();
  const colourOf = (element, name) => {
    element.style.color = `var(${name})`;
    const found = getComputedStyle(element).color;
    element.style.color = "";
    return found;
  };
  const onGrid = (chart, first, end) => {
    const known = new Map(chart.points);
    const times = [];
    for (let at = first; at < end; at += chart.step) times.push(at);
    return [times, times.map((at) => known.get(at) ?? null)];
  };
  const labelOf = (range) => (_, splits) => {
    const days = range.end - range.start > DAY;
    return splits.map((at) => (days ? dayAndTime.format(at * 1000) : utc(at).slice(11, 16)));
  };
  const short = (value) => (value === null ? "–" : Number(value.toPrecision(3)).toLocaleString("en"));
  const limitLine = (limit, colour) => (plot) => {
    if (limit === null) return;
    const y = plot.valToPos(limit, "y", true);
    const { left, top, width, height } = plot.bbox;
    if (y < top || y > top + height) return;
    plot.ctx.save();
    plot.ctx.strokeStyle = colour;
    plot.ctx.setLineDash([5, 4]);
    plot.ctx.beginPath();
    plot.ctx.moveTo(left, y);
    plot.ctx.lineTo(left + width, y);
    plot.ctx.stroke();
    plot.ctx.restore();
  };
  const showZoom = (range) => {
    const link = document.querySelector("[data-zoom-link]");
    const isWhole = range === null;
    link.hidden = isWhole;
    if (isWhole) return;
    const [from, to] = [range.min, range.max].map((at) => utc(Math.round(at / 60) * 60).slice(0, 16));
    const { shards } = link.closest("[data-plots]").dataset;
    link.href = `?from=${from}&to=${to}${shards ? `&shards=${encodeURIComponent(shards)}` : ""}`;
  };
  const zoomed = (self) => {
    const scale = self.scales.x;
    const [times] = self.data;
    const isWhole = scale.min <= times[0] && scale.max >= times.at(-1);
    for (const plot of drawn) {
      const now = plot.scales.x;
      if (now.min !== scale.min || now.max !== scale.max) plot.setScale("x", { min: scale.min, max: scale.max });
    }
    showZoom(isWhole ? null : scale);
  };
  const draw = (box, chart, range) => {
    const ink = colourOf(box, "--ink-3");
    const line = colourOf(box, `--series-${chart.colour}`);
    const grid = { stroke: colourOf(box, "--line"), width: 1 };
    const axis = { stroke: ink, grid, ticks: grid, font: "11px sans-serif" };
    const plot = new uPlot(
      {
        width: box.clientWidth,
        height: 200,
        cursor: { sync: { key: "range", setSeries: false }, points: { size: 6 } },
        legend: { live: true },
        scales: { x: { time: true }, y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high || 1) * 1.08] } },
        axes: [
          { ...axis, values: labelOf(range) },
          { ...axis, size: 52, values: (_, splits) => splits.map(short) },
        ],
        series: [
          { label: "UTC", value: (_, at) => (at === null ? "–" : utc(at).slice(0, 16).replace("T", " ")) },
          { label: chart.caption, stroke: line, width: 1.5, value: (_, value) => short(value), spanGaps: false },
        ],
        hooks: {
          draw: [limitLine(chart.limit, colourOf(box, "--bad"))],
          setScale: [(self, key) => (key === "x" ? zoomed(self) : undefined)],
        },
      },
      onGrid(chart, range.start, range.end),
      box,
    );
    drawn.push(plot);
  };
  const clear = () => {
    for (const plot of drawn.splice(0)) plot.destroy();
  };
  const redraw = (root, range) => {
    clear();
    const boxes = [...root.querySelectorAll(".chart-grid .chart-box")].filter(
      (box) => !box.querySelector(".chart-empty"),
    );
    for (const [place, box] of boxes.entries()) {
      const svg = box.querySelector("svg");
      if (svg) svg.classList.add("is-redrawn");
      draw(box, range.charts[place], range);
    }
    root.querySelector("[data-zoom-hint]").hidden = false;
  };
  const start = async () => {
    const root = document.querySelector("[data-plots]");
    if (!root || typeof uPlot === "undefined" || root.dataset.isDrawn) return;
    root.dataset.isDrawn = "true";
    const answer = await fetch(root.dataset.plots, { headers: { accept: "application/json" } });
    if (!answer.ok) return;
    const range = await answer.json();
    if (!range.charts?.length) return;
    redraw(root, range);
    addEventListener("resize", () => {
      for (const plot of drawn) plot.setSize({ width: plot.root.parentElement.clientWidth, height: 200 });
    });
    const again = () => redraw(root, range);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  };
  document.addEventListener("htmx:afterSwap", start);
  start();
})();
