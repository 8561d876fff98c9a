import { describe, expect, test } from 'vitest';
import knownDifferences from './oracle-differences.json' with { type: 'json' };
import { printBody, printBodyStructure } from './print-body-structure.ts';
import { printEnvelope } from './print-envelope.ts';
import { scanMessage } from './scan-message.ts';
import { differences, envelopeOf, normalizeOracle, structureOf } from './testing/compare-oracle.ts';
import { readImapValue } from './testing/read-imap-list.ts';
import { hasVectors, readOracle, readVectorMessage } from './testing/vector-messages.ts';
import type { OracleLine } from './testing/vector-messages.ts';

/**
 * ENVELOPE and BODYSTRUCTURE of 2,062 messages against what two reference servers answer. Where they differ from each
 * other, each leaf may be as either has it. What differs from both stands in oracle-differences.json with its reason; a new
 * or vanished difference fails.
 */
describe.skipIf(!hasVectors)('IMAP oracle (skipped where ../shared/vectors is missing)', () => {
  const found: Record<string, string[]> = {};
  const wantsOf = (line: OracleLine, field: 'envelope' | 'bodystructure'): unknown[] =>
    line.disputed?.includes(field) === true ? Object.values(line[field] as object) : [line[field]];

  test('every answer can be read by a client, and BODY is BODYSTRUCTURE without extensions', () => {
    for (const line of readOracle()) {
      const root = scanMessage(readVectorMessage(line.path));
      const got = {
        envelope: envelopeOf(readImapValue(printEnvelope(root.header))),
        bodystructure: structureOf(readImapValue(printBodyStructure(root))),
      };
      readImapValue(printBody(root));
      for (const field of ['envelope', 'bodystructure'] as const) {
        const wants = wantsOf(line, field).map(
          (want) => (normalizeOracle({ [field]: want }) as Record<string, unknown>)[field],
        );
        for (const { at, got: ours } of differences(wants, got[field], field)) {
          (found[line.path] ??= []).push(`${at}: ${JSON.stringify(ours).slice(0, 120)}`);
        }
      }
    }
    expect(Object.keys(found).length).toBeGreaterThan(0);
  });

  test('the differences are the listed ones', () => {
    const listed = Object.fromEntries(
      Object.entries(knownDifferences).map(([path, { differences: list }]) => [path, list]),
    );
    expect(found).toEqual(listed);
  });

  test('every listed difference has a reason', () => {
    for (const { reason } of Object.values(knownDifferences)) expect(reason.length).toBeGreaterThan(20);
  });
});
