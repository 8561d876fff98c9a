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
    const used = withFixed(running, next);
    const certificate = loadCertificate(used);
    if (certificate) house.useCertificate(certificate, used.config.tls?.minVersion);
    await house.reconfigure(used);
    log.adjust(used.config.log);
    log.info('configuration and certificates were read again');
    const waiting = (['data', 'storage', 'tls', 'listeners'] as const).filter((key) =>
      differ(used.config[key], next.config[key]),
    );
    if (waiting.length === 0) return;
    log.warn('changed in the configuration, but in effect only after a restart', { keys: waiting });
  } catch (error) {
    log.error('the configuration was not read again; the old one stays in use', {}, error);
  }
}

/** The new configuration, but for what cannot change while we run. */
function withFixed({ config: before, dataDir }: LoadedConfig, next: LoadedConfig): LoadedConfig {
  const { data, storage, tls, listeners } = before;
  // Ports know from the start whether there is TLS.
  const ports = (tls === undefined) === (next.config.tls === undefined) ? {} : { tls, listeners };
  return { ...next, dataDir, config: { ...next.config, data, storage, ...ports } };
}

function differ(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}
