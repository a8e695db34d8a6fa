// A screening: people who sit together watch as one, and the play says how many they are.
import { t } from '../../shared/sentences.js';

export class Screening {
  /** `onChange(people)`: a screening to so many begins, or ends (null). */
  constructor({ onChange }) {
    this.people = null;
    this.onChange = onChange;
    document.addEventListener('submit', (event) => {
      if (event.target.id === 'screening-form') this.begin(event);
    });
    document.addEventListener('click', (event) => {
      if (event.target.closest('#screening-end')) this.end();
    });
  }

  begin(event) {
    event.preventDefault();
    this.change(event.target.elements.people.valueAsNumber);
  }

  /** Begin when somebody has typed how many they are, and then pressed play instead of the button below. */
  beginIfTyped() {
    const asking = document.getElementById('screening');
    const field = asking?.querySelector('input[name=people]');
    if (this.people === null && asking?.open && field.value && field.checkValidity()) this.change(field.valueAsNumber);
  }

  /** Say what the server has made of it: `now`, it counts from here on; `counted`, it was long enough. */
  tell({ now, counted }) {
    const said = document.getElementById('screening-counted');
    if (this.people === null || !said) return;
    if (now) said.textContent = t('已计入');
    else if (counted && !said.textContent) said.textContent = t('这一段刚才计过了，这次不再计');
  }

  /** Go back to watching alone; `why` is said where the number is asked for. */
  end(why = '') {
    this.change(null);
    this.show(why);
  }

  change(people) {
    this.people = people;
    this.show();
    this.onChange(people);
  }

  /** Show it on the page: also after its controls were exchanged. */
  show(why = '') {
    const asking = document.getElementById('screening');
    if (!asking) return; // nobody has signed in
    const now = document.getElementById('screening-now');
    const trouble = document.getElementById('screening-trouble');
    asking.hidden = this.people !== null;
    asking.open = Boolean(why);
    trouble.textContent = why;
    trouble.hidden = !why;
    now.hidden = this.people === null;
    document.getElementById('screening-counted').textContent = '';
    if (this.people !== null) {
      now.querySelector('strong').textContent = t('集体观看 · %(people)s 人', { people: this.people });
    }
  }
}
