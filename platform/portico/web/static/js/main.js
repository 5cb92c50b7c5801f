// What every page gets. Each module listens on the document, so what a fragment swap brings in is covered too.
import * as actions from './actions.js';
import * as cards from './cards.js';
import * as bell from './bell.js';
import * as clocking from './clocking.js';
import * as connection from './connection.js';
import * as copy from './copy.js';
import * as dialogs from './dialogs.js';
import * as editor from './editor.js';
import * as forms from './forms.js';
import * as fragments from './fragments.js';
import * as frames from './frame-host.js';
import * as here from './here.js';
import * as guard from './guard.js';
import * as live from './live.js';
import * as menus from './menus.js';
import * as palette from './palette.js';
import * as passkeys from './passkeys.js';
import * as picker from './picker.js';
import * as progress from './progress.js';
import * as push from './push.js';
import * as reading from './reading.js';
import * as shortcuts from './shortcuts.js';
import * as tabs from './tabs.js';
import * as themes from './themes.js';
import * as times from './times.js';
import * as toasts from './toasts.js';
import * as uploads from './uploads.js';

for (const module of [toasts, bell, times, menus, dialogs, copy, forms, guard, fragments, passkeys, picker, themes, shortcuts, connection, frames, progress, here, live, uploads, clocking, reading, actions, cards, editor, palette, push, tabs]) {
  module.start();
}
document.documentElement.classList.add('ready');
