import { expect, test } from 'vitest';
import { commands, commandsByName } from './command-table.ts';

/** Section 6 of RFC 9051, and of RFC 3501 before it. */
const ofTheRfc = new Set(
  (
    'CAPABILITY NOOP LOGOUT STARTTLS AUTHENTICATE LOGIN ENABLE SELECT EXAMINE CREATE DELETE RENAME SUBSCRIBE UNSUBSCRIBE ' +
    'LIST LSUB NAMESPACE STATUS APPEND IDLE CHECK CLOSE UNSELECT EXPUNGE SEARCH FETCH STORE COPY MOVE'
  ).split(' '),
);

test('MUST 6.5-1: commands that are not of the RFC have a capability', () => {
  const added = commands.map(({ name }) => name.replace(/^UID /, '')).filter((name) => !ofTheRfc.has(name));
  expect(added.length).toBeGreaterThan(20);
  const bare = added.filter((name) => {
    const { capabilities = [], belongsTo } = commandsByName.get(name) ?? {};
    return capabilities.length === 0 && belongsTo === undefined;
  });
  expect(bare).toEqual([]);
});
