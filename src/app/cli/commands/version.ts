import type { CommandInput } from '../command.ts';
import { posthornVersion } from '../../version.ts';

export async function version(input: CommandInput): Promise<void> {
  const facts = {
    posthorn: posthornVersion(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
  input.print(facts, () => `posthorn ${facts.posthorn} (Node ${facts.node}, ${facts.platform})`);
}
