// A SharedWorker, one for each workspace: its name says which.
import { Host } from './live-host.js';

new Host(self.name, new BroadcastChannel(`portico-live ${self.name}`));
