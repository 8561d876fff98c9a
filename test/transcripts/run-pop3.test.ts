import { describeTranscripts } from './describe-transcripts.ts';
import { playPop3 } from './play-pop3.ts';

describeTranscripts('POP3', 'pop3', playPop3);
