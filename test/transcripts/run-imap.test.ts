import { describeTranscripts } from './describe-transcripts.ts';
import { playImap } from './play-imap.ts';

describeTranscripts('IMAP', 'imap', playImap);
