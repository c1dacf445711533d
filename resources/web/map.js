// What the page does with its data. Names come in as data and go out as text, never as markup.
function xunluText(tag, text, parent) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (parent) parent.appendChild(element);
  return element;
}

function xunluCard(title, rows) {
  const card = document.createElement("div");
  card.className = "xunlu-card";
  xunluText("h3", title, card);
  const table = card.appendChild(document.createElement("table"));
  for (const [label, value] of rows) {
    if (!value) continue;
    const row = table.appendChild(document.createElement("tr"));
    xunluText("th", label, row);
    xunluText("td", value, row);
  }
  return card;
}

const XUNLU_SHAPES = {
  circle: '<circle cx="11" cy="11" r="8.5"/>',
  square: '<rect x="3" y="3" width="16" height="16" rx="2"/>',
  diamond: '<path d="M11 1 21 11 11 21 1 11Z"/>',
  triangle: '<path d="M11 1.5 21 19.5H1Z"/>',
  cross: '<path d="M7 2h8v5h5v8h-5v5H7v-5H2V7h5Z"/>',
};

function xunluIcon(style, small) {
  const size = small ? 10 : 20;
  const mark = small ? "" :
    `<text x="11" y="15" text-anchor="middle" font-size="11" fill="${style.ink}" stroke="none">${style.mark}</text>`;
  return L.divIcon({
    className: "xunlu-icon", iconSize: [size, size],
    html: `<svg width="${size}" height="${size}" viewBox="0 0 22 22" fill="${style.fill}" stroke="#fff" stroke-width="1.6">` +
      `${XUNLU_SHAPES[style.shape] || XUNLU_SHAPES.circle}${mark}</svg>`,
  });
}

function xunluLines(data, style) {
  return L.geoJSON(data, {
    interactive: false,
    style: feature => Object.assign({}, style, feature.properties.style),
  });
}

function xunluSites(group, sites, styles) {
  for (const site of sites) {
    const style = styles[site.status];
    L.marker([site.lat, site.lon], { icon: xunluIcon(style, site.status === "not_due"), title: site.name, alt: site.name,
      zIndexOffset: 100 * style.rank }).bindPopup(() => xunluCard(site.name, site.rows)).addTo(group);
  }
}

function xunluRoute(group, route) {
  if (route.line) {
    L.polyline(route.line, { color: "#fff", weight: 7, opacity: 0.9, interactive: false }).addTo(group);
    L.polyline(route.line, { color: route.colour, weight: 4 }).bindPopup(() => xunluCard(route.name, route.rows)).addTo(group);
  }
  for (const stop of route.stops) {
    const icon = L.divIcon({ className: "xunlu-stop", iconSize: [20, 20],
      html: `<span style="background:${route.colour}">${stop.number}</span>` });
    L.marker([stop.lat, stop.lon], { icon, title: stop.name, alt: stop.name, zIndexOffset: 2000 })
      .bindPopup(() => xunluCard(stop.name, stop.rows)).addTo(group);
  }
}

function xunluPlaces(map, places) {
  for (const place of places) {
    const icon = L.divIcon({ className: "xunlu-place", html: xunluText("span", place.name), iconSize: null });
    L.marker([place.lat, place.lon], { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(map);
  }
}

function xunluLegend(map, title, subtitle, entries) {
  const control = L.control({ position: "bottomleft" });
  control.onAdd = () => {
    const box = L.DomUtil.create("div", "xunlu-legend");
    xunluText("h2", title, box);
    xunluText("p", subtitle, box);
    for (const entry of entries) {
      const line = box.appendChild(document.createElement("div"));
      line.appendChild(xunluIcon(entry, false).createIcon());
      xunluText("span", entry.text, line);
      xunluText("b", entry.count, line);
    }
    L.DomEvent.disableClickPropagation(box);
    return box;
  };
  control.addTo(map);
}
