import { openAdministration } from '../administration.ts';
import type { Administration } from '../administration.ts';
import type { CommandInput } from './command.ts';
import { configOf } from './config-of.ts';

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
