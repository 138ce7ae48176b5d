// The files of the draft: chosen by the button, dropped onto the pane, or pasted.
import { find, icon, make } from '../page/dom.js';
import { size } from '../page/words.js';

export class DraftFiles {
  #engine;
  #pane = find('composer');
  #over = 0;

  constructor(engine) {
    this.#engine = engine;
    const input = find('attach-input');
    find('attach').addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
      this.#attach(input.files);
      input.value = '';
    });
    engine.addEventListener('draft', () => this.#show());
    this.#listenForDrops();
    addEventListener('paste', (event) => {
      if (event.clipboardData?.files.length > 0) this.#attach(event.clipboardData.files);
    });
  }

  #attach(files) {
    for (const file of files) this.#engine.attach(file);
  }

  /** The whole window takes drops, so that a near miss does not open the file instead. */
  #listenForDrops() {
    const files = (event) => event.dataTransfer?.types.includes('Files');
    addEventListener('dragenter', (event) => {
      if (!files(event)) return;
      this.#over += 1;
      this.#pane.dataset.drop = 'true';
    });
    addEventListener('dragleave', (event) => {
      if (!files(event)) return;
      this.#over -= 1;
      if (this.#over <= 0) this.#pane.dataset.drop = 'false';
    });
    addEventListener('dragover', (event) => {
      if (files(event)) event.preventDefault();
    });
    addEventListener('drop', (event) => {
      this.#over = 0;
      this.#pane.dataset.drop = 'false';
      if (!files(event)) return;
      event.preventDefault();
      this.#attach(event.dataTransfer.files);
    });
  }

  #show() {
    const attachments = this.#engine.draft?.attachments ?? [];
    find('draft-files').replaceChildren(...attachments.map((file, place) => this.#item(file, place)));
  }

  #item(file, place) {
    const words = file.done < file.size ? `${size(file.done)} of ${size(file.size)}` : size(file.size);
    return make('li', { class: 'file' }, icon('file'),
      make('span', { class: 'file-words' }, make('span', {}, file.name), make('span', { class: 'quiet' }, words)),
      make('button', {
        class: 'icon-button', type: 'button', 'aria-label': `Take ${file.name} off`,
        onclick: () => this.#engine.command('detach', { place }),
      }, icon('close')));
  }
}
