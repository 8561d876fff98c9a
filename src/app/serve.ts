import { createLog } from '../observe/create-log.ts';
import type { AdjustableLog } from '../observe/create-log.ts';
import type { House } from './assemble.ts';
import { breakGround } from './break-ground.ts';
import { loadConfig } from './config/config-file.ts';
import type { LoadedConfig } from './config/config-file.ts';
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
  await runHouse(house, log, { ready: () => announce([]), hangup: () => reload(loaded, house, log) });
}

/** Certificates and the log follow the file at once; all else waits for a restart, and that is said. */
function reload(running: LoadedConfig, house: House, log: AdjustableLog): void {
  try {
    const next = loadConfig(running.file);
    const certificate = loadCertificate(next);
    if (certificate) house.useCertificate(certificate);
    log.adjust(next.config.log);
    const waiting = changedKeys(running, next);
    log.info('configuration and certificates were read again');
    if (waiting.length > 0)
      log.warn('changed in the configuration, but in effect only after a restart', { keys: waiting });
  } catch (error) {
    log.error('the configuration was not read again; the old one stays in use', {}, error);
  }
}

function changedKeys(running: LoadedConfig, next: LoadedConfig): readonly string[] {
  const fixed = [
    'hostname',
    'data',
    'storage',
    'listeners',
    'limits',
    'queue',
    'relay',
    'transports',
    'routes',
  ] as const;
  return fixed.filter((key) => JSON.stringify(running.config[key]) !== JSON.stringify(next.config[key]));
}
