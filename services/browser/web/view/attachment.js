// An attachment of a received or sent message: a click saves it, dragging it out saves it where it
// is dropped. A browser wants the content ready when dragging begins, so it is fetched on approach.
import { icon, make, setText } from '../page/dom.js';
import { say } from '../page/toast.js';
import { size } from '../page/words.js';

const DRAGGABLE_BYTES = 64_000_000;

/** The button for one attachment. */
export function attachment(engine, message, file, place) {
  const ready = () => {
    url ??= engine.save(message.id, place, file.media_type).then((blob) => URL.createObjectURL(blob));
    return url;
  };
  let url = null;
  let known = null;
  const complete = file.done >= file.size;
  const words = make('span', { class: 'quiet' }, complete ? size(file.size) : `${size(file.done)} of ${size(file.size)}`);
  const button = make('button', {
    class: 'file', type: 'button', draggable: complete ? 'true' : null, disabled: !complete,
    onclick: async () => {
      setText(words, 'Saving…');
      try {
        make('a', { href: await ready(), download: file.name }).click();
      } catch (error) {
        say(`${file.name} could not be saved: ${error.message}`);
        url = null;
      }
      setText(words, size(file.size));
    },
    onpointerenter: () => {
      if (complete && file.size <= DRAGGABLE_BYTES) ready().then((text) => { known = text; }, () => { url = null; });
    },
    ondragstart: (event) => {
      if (known === null) return event.preventDefault();
      event.dataTransfer.effectAllowed = 'copy';
      event.dataTransfer.setData('DownloadURL', `${file.media_type}:${file.name.replaceAll(':', '_')}:${known}`);
      return event.dataTransfer.setData('text/uri-list', known);
    },
  }, icon(message.direction === 'received' ? 'download' : 'file'), make('span', { class: 'visually-hidden' }, 'Save '), make('span', { class: 'file-words' }, make('span', {}, file.name), words));
  return button;
}
