import { existsSync } from 'node:fs';

import { openAdministration } from '../administration.ts';
import type { Administration } from '../administration.ts';
import { loadKnownConfig } from '../config/known-config.ts';
import type { LoadedConfig } from '../config/loaded-config.ts';
import { Refusal } from '../refusal.ts';
import type { CommandInput } from './command.ts';

const places = ['posthorn.yaml', '/etc/posthorn/posthorn.yaml'];

/** The configuration that a command works with. @throws Refusal */
export async function configOf(input: CommandInput): Promise<LoadedConfig> {
  const named = input.text('config') ?? process.env['POSTHORN_CONFIG'];
  const file = named ?? places.find((place) => existsSync(place));
  if (file === undefined) throw new Refusal(`there is no ${places.join(' and no ')}; name one with --config FILE`);
  return loadKnownConfig(file);
}

/** Does something with the directory, whether a server runs or not. */
export async function withAdministration<T>(
  input: CommandInput,
  work: (administration: Administration) => Promise<T>,
): Promise<T> {
  const administration = await openAdministration(await configOf(input));
  try {
    return await work(administration);
  } finally {
    await administration.close();
  }
}
