import { dirname, resolve } from 'node:path';

import { Refusal } from '../refusal.ts';
import { configSchema } from './config-schema.ts';
import type { Config } from './config-schema.ts';
import { readText } from './loaded-config.ts';
import type { LoadedConfig } from './loaded-config.ts';
import { printFault, readYaml } from './read-yaml.ts';

/** Reads and checks posthorn.yaml. @throws Refusal with a line for each fault */
export function loadConfig(file: string): LoadedConfig {
  return checkConfig(file, readText(file));
}

/** As `loadConfig`, for a text at hand. */
export function checkConfig(file: string, text: string): LoadedConfig {
  const read = readYaml(text, configSchema, '"posthorn config describe" lists all');
  if (!read.ok) throw new Refusal(read.error.map((fault) => printFault(file, fault)).join('\n'));
  const folder = dirname(resolve(file));
  const { tls, relay } = read.value;
  const relayCa = relay.ca;
  const config: Config = {
    ...read.value,
    ...(tls?.cert === undefined || tls.key === undefined
      ? {}
      : { tls: { ...tls, cert: resolve(folder, tls.cert), key: resolve(folder, tls.key) } }),
    relay: { ...read.value.relay, ca: relayCa === undefined ? undefined : resolve(folder, relayCa) },
  };
  return { file, config, dataDir: resolve(folder, config.data), notYet: keysForLater(config) };
}

function keysForLater(config: Config): readonly string[] {
  const keys: string[] = [];
  config.listeners.forEach((listener, n) => {
    if (listener.http !== undefined) keys.push(`listeners[${n}].http`);
    if (listener.https !== undefined) keys.push(`listeners[${n}].https`);
  });
  return keys;
}
