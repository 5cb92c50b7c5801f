// On and off. What stops a flow from being switched on is shown, and so is the way to agree to what it may do.
import { Refusal, here, post } from './api.js';
import { h, icon, modal, notice, say, t } from './dom.js';

// before(): whether to go on (the editor saves first); changed(enabled)
export function switching({ id, name, enabled }, { before = async () => true, changed }) {
  const control = h('button', { type: 'button', role: 'switch', class: 'switch', 'aria-checked': String(enabled), 'aria-label': t('switch', name), onclick: press }, h('span', { class: 'switch-track' }, h('span', { class: 'switch-knob' })), h('span', { class: 'switch-word', 'aria-hidden': 'true' }, t(enabled ? 'on' : 'off')));
  const set = (now) => {
    control.setAttribute('aria-checked', String(now));
    control.querySelector('.switch-word').textContent = t(now ? 'on' : 'off');
    changed(now);
  };
  async function press() {
    const wanted = control.getAttribute('aria-checked') !== 'true';
    control.setAttribute('aria-busy', 'true');
    try {
      if (wanted && !(await before())) return undefined;
      const answer = await post(`/flows/${id}/${wanted ? 'enable' : 'disable'}`, { page: await here() });
      if (answer.needs_grant) return agree(answer.needs_grant);
      if (answer.findings?.some(({ severity }) => severity !== 'warning')) return stopped(answer.findings);
      set(wanted);
      say(t(wanted ? 'is_on' : 'is_off', name));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (refusal.findings?.length) stopped(refusal.findings);
      else notice(refusal.message, { tone: 'bad' });
    } finally {
      control.removeAttribute('aria-busy');
    }
    return undefined;
  }
  return control;
}

// The flow acts with the power of its owner, who says so once on the platform's own page.
export function grantCard({ url, scopes }) {
  const { pathname, search } = new URL(url);
  const go = () => window.portico.navigate(pathname + search).catch((refusal) => notice(`${t('not_agreed')} ${refusal.message}`, { tone: 'bad' }));
  return h('div', { class: 'modal-body' }, h('p', {}, t('agree_words')),
    h('ul', { class: 'scopes' }, scopes.map((scope) => h('li', {}, icon('check', 15), h('code', {}, scope)))),
    h('div', { class: 'modal-foot' }, h('button', { type: 'button', class: 'primary', onclick: go }, t('agree_go'))));
}

const agree = (needed) => { modal(t('agree_title'), grantCard(needed)); };

function stopped(findings) {
  modal(t('stopped_title'), h('div', { class: 'modal-body' }, h('p', {}, t('stopped_words')), h('ul', { class: 'problems' }, findings.map(({ message, severity }) => h('li', { class: `finding is-${severity}` }, icon('warn', 15), message)))));
}
