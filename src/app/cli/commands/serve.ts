import type { CommandInput } from '../command.ts';
import { UsageError } from '../command.ts';
import { configOf } from '../config-of.ts';

export async function runServe(input: CommandInput): Promise<void> {
  const { serve } = await import('../../serve.ts');
  await serve(await configOf(input));
}

const highestWellKnown = 993;

export async function runLocalserve(input: CommandInput): Promise<void> {
  const offset = input.text('port-offset') ?? '1000';
  const portOffset = Number(offset);
  if (!/^\d{1,5}$/.test(offset) || portOffset + highestWellKnown > 65_535) {
    throw new UsageError(`--port-offset must be a number from 0 to ${65_535 - highestWellKnown}, not "${offset}"`);
  }
  const { localserve } = await import('../../localserve.ts');
  await localserve({ dir: input.text('dir'), ip: input.text('ip') ?? '127.0.0.1', portOffset });
}
