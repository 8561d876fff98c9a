import { differences, envelopeOf, normalizeOracle, structureOf } from '../../src/mime/testing/compare-oracle.ts';
import { readImapValue } from '../../src/mime/testing/read-imap-list.ts';
import type { Fetched } from './read-fetch.ts';

/** ENVELOPE and BODYSTRUCTURE as the oracle of `src/mime` compares them. */
export function factsOf(fetched: Fetched): { envelope: unknown; bodystructure: unknown } {
  return normalizeOracle({
    envelope: envelopeOf(readImapValue(fetched.get('ENVELOPE') ?? '')),
    bodystructure: structureOf(readImapValue(fetched.get('BODYSTRUCTURE') ?? '')),
  }) as { envelope: unknown; bodystructure: unknown };
}

/** What no reference says: where, and what each says there. */
export function differOf(
  wants: readonly unknown[],
  got: unknown,
): { at: string; want: readonly unknown[]; got: unknown }[] {
  return differences(wants, got, '');
}

/** Every section that the structure has, as BODY[…] names it. */
export function sectionsOf(structure: unknown, path = ''): string[] {
  const node = structure as { type: string; parts?: unknown[]; body?: { type: string } };
  if (node.parts !== undefined) return node.parts.flatMap((part, index) => nodeSections(part, `${path}${index + 1}`));
  return path === '' ? nodeSections(structure, '1') : [];
}

function nodeSections(structure: unknown, path: string): string[] {
  const node = structure as { type: string; parts?: unknown[]; body?: { type: string; parts?: unknown[] } };
  const own = [path, `${path}.MIME`];
  if (node.parts !== undefined) return [...own, ...sectionsOf(structure, `${path}.`)];
  if (node.body === undefined) return own;
  const inner =
    node.body.parts === undefined ? nodeSections(node.body, `${path}.1`) : sectionsOf(node.body, `${path}.`);
  return [...own, `${path}.HEADER`, `${path}.TEXT`, `${path}.HEADER.FIELDS (SUBJECT FROM X)`, ...inner];
}
