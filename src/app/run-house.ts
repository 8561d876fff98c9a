import type { AdjustableLog } from '../observe/create-log.ts';
import type { House } from './assemble.ts';
import { writeOut } from './standard-output.ts';

/** Terminals, npm and supervisors may each pass on one signal: what comes so soon after the first is the same one. */
const sameSignalMs = 500;

/**
 * Serves until the first SIGTERM or SIGINT, then finishes what is under way. A second one ends the process at once.
 * SIGHUP calls
 * `on.hangup`; `on.ready` is called once signals are heard.
 */
export async function runHouse(
  house: House,
  log: AdjustableLog,
  on: { readonly ready: () => void; readonly hangup: () => void },
): Promise<void> {
  const hangup = (): void => on.hangup();
  process.on('SIGHUP', hangup);
  const stop = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  // Whoever hears `ready` may send a signal at once.
  on.ready();
  const signal = await stop;
  log.info('stopping', { signal });
  const stoppingAt = performance.now();
  const impatient = (): void => {
    if (performance.now() - stoppingAt < sameSignalMs) return;
    log.warn('stopped before everything was finished');
    process.exit(1);
  };
  process.on('SIGTERM', impatient);
  process.on('SIGINT', impatient);
  await house.close();
  process.off('SIGHUP', hangup);
  log.info('stopped');
}

/** What nobody caught is a fault of ours: it is logged, and the process ends, since nobody knows what it left half done. */
export function exitOnUncaught(log: AdjustableLog): void {
  const end = (what: string) => (error: unknown) => {
    log.error(what, {}, error);
    log.flush();
    process.exit(1);
  };
  process.on('uncaughtException', end('uncaught exception'));
  process.on('unhandledRejection', end('unhandled rejection'));
}

/** `ready` and what goes before it, for whoever started us. */
export function announce(lines: readonly string[]): void {
  writeOut(`${[...lines, 'ready'].join('\n')}\n`);
}
