import { createLog } from '../observe/create-log.ts';
import type { AdjustableLog } from '../observe/create-log.ts';
import type { House } from './assemble.ts';
import { breakGround } from './break-ground.ts';
import type { LoadedConfig } from './config/loaded-config.ts';
import { announce, exitOnUncaught, runHouse } from './run-house.ts';
import { loadCertificate } from './tls/certificates.ts';
import { posthornVersion } from './version.ts';

/** Runs the server of a configuration until it is told to stop. */
export async function serve(loaded: LoadedConfig): Promise<void> {
  const log = createLog(loaded.config.log);
  exitOnUncaught(log);
  const certificate = loadCertificate(loaded);
  const ground = breakGround(loaded, log);
  const { assemble } = await import('./assemble.ts');
  const house = await assemble({ loaded, ground, certificate, log });
  for (const key of loaded.notYet) log.warn('not available in this version', { key, file: loaded.file });
  for (const { name, host, port } of house.listeners) log.info('listening', { service: name, ip: host, port });
  log.info('started', { version: posthornVersion(), hostname: loaded.config.hostname, data: loaded.dataDir });
  await runHouse(house, log, { ready: () => announce([]), hangup: createReload(loaded, house, log) });
}

/** What follows the file at once; all else waits for a restart, and that is said. */
const live: ReadonlySet<string> = new Set(['listeners', 'limits', 'log', 'queue', 'routes', 'tls', 'transports']);

/** Reads the configuration again; one time after another, however fast it is asked for. */
function createReload(running: LoadedConfig, house: House, log: AdjustableLog): () => void {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => reload(running, house, log));
  };
}

async function reload(running: LoadedConfig, house: House, log: AdjustableLog): Promise<void> {
  try {
    const { loadConfig } = await import('./config/config-file.ts');
    const next = loadConfig(running.file);
    const certificate = loadCertificate(next);
    if (certificate) house.useCertificate(certificate);
    log.adjust(next.config.log);
    // What cannot change while we run stays as it is, for new connections too.
    const { hostname, data, storage, dns, relay } = running.config;
    await house.reconfigure({ ...next, config: { ...next.config, hostname, data, storage, dns, relay } });
    log.info('configuration and certificates were read again');
    const waiting = changedKeys(running, next);
    if (waiting.length === 0) return;
    log.warn('changed in the configuration, but in effect only after a restart', { keys: waiting });
  } catch (error) {
    log.error('the configuration was not read again; the old one stays in use', {}, error);
  }
}

function changedKeys(running: LoadedConfig, next: LoadedConfig): readonly string[] {
  const before: Readonly<Record<string, unknown>> = running.config;
  const after: Readonly<Record<string, unknown>> = next.config;
  const keys = Object.keys({ ...before, ...after }).filter((key) => !live.has(key) && differ(before[key], after[key]));
  // Those who guess passwords are remembered, with what was allowed when they did.
  const logins = (['failedLoginsPerMinute', 'failedLoginsPerDay'] as const).filter((key) =>
    differ(running.config.limits[key], next.config.limits[key]),
  );
  return [...keys, ...logins.map((key) => `limits.${key}`)];
}

function differ(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}
