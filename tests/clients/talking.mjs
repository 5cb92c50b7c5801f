// What each script here says to its test and hears from it: JSON, one line each way.
import { webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline';

globalThis.crypto ??= webcrypto; // Node 18 has it, but not under this name

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export async function hear() {
  return JSON.parse((await lines.next()).value);
}

// The test answers for the person at the browser.
export async function ask(what, value) {
  console.log(JSON.stringify({ ask: what, value }));
  return hear();
}

export function finish(result) {
  console.log(JSON.stringify({ done: result }));
  process.exit(0);
}

// What a step that must not work was answered.
export async function refused(step) {
  try {
    await step();
  } catch (error) {
    return error.error ?? error.errorCode ?? error.cause?.error ?? error.cause?.[0]?.parameters?.error ?? error.code ?? String(error);
  }
  throw new Error('this had to be refused');
}
