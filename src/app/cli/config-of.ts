import { existsSync } from 'node:fs';

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
