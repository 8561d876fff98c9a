import { expect, test } from 'vitest';
import { mechanismsBesideLogin } from './mechanisms.ts';

test('MUST 6.2.2-6: no mechanism begins with the server, so each takes an initial response', () => {
  expect(mechanismsBesideLogin.length).toBeGreaterThan(3);
  for (const mechanism of mechanismsBesideLogin) {
    const step = mechanism.start(() => Buffer.from('binding')).next(undefined);
    expect([mechanism.name, step]).toEqual([mechanism.name, { kind: 'challenge', octets: new Uint8Array(0) }]);
  }
});
