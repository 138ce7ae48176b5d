// Making and finding elements. No style, no behaviour.

/** The element with this id. */
export function find(id) {
  return document.getElementById(id);
}

/**
 * A new element: attributes by name, `on…` functions as listeners, `dataset` as an object,
 * children as elements or text. Empty children are left out.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name === 'dataset') Object.assign(element.dataset, value);
  else if (name === 'class') element.className = value;
  else if (value === true) element.setAttribute(name, '');
  else element.setAttribute(name, value);
}

const SVG = 'http://www.w3.org/2000/svg';

/** Brings the icons into the page, so that a new one is there at once. */
export async function bringIcons() {
  const sprite = new DOMParser().parseFromString(await (await fetch('/icons/sprite.svg')).text(), 'image/svg+xml').documentElement;
  sprite.setAttribute('class', 'visually-hidden');
  sprite.setAttribute('aria-hidden', 'true');
  document.body.append(document.importNode(sprite, true));
}

/** An icon of the sprite. */
export function icon(name, className = 'icon') {
  const svg = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  svg.setAttribute('class', className);
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** Shows another icon in an element made by `icon`, or standing in the page. */
export function setIcon(svg, name) {
  const use = svg.firstElementChild;
  const href = `#icon-${name}`;
  if (use.getAttribute('href') !== href) use.setAttribute('href', href);
}

/** Sets text only when it differs, so that live regions stay calm. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Makes the children of `list` those of `items`, in order, reusing what is there by key. A node
 * that already stands in its place is not touched, so that focus stays where it is.
 */
export function arrange(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.childNodes]) if (!wanted.has(child)) child.remove();
  let place = list.firstChild;
  for (const node of nodes) {
    if (node === place) place = place.nextSibling;
    else list.insertBefore(node, place);
  }
}
