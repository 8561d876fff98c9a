import { expect, test } from 'vitest';
import { hasDkimpy } from '../e2e/harness/dkimpy.ts';
import { submitOddMessages } from '../e2e/harness/odd-submissions.ts';

const name = 'dkimpy verifies both signatures of 1,000 odd messages that were submitted, queued and delivered';
test.skipIf(!hasDkimpy)(hasDkimpy ? name : `${name} (python3-dkim and python3-nacl are not installed)`, async () => {
  expect(await submitOddMessages(1000)).toEqual({ arrived: 1000, bad: [] });
});
