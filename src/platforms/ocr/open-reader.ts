import type { Logger } from 'pino';
import type { Settings } from '../../config/settings';
import type { IdCardReader } from './id-card';
import { LocalReader } from './local/local-reader';
import { RecognitionQueue } from './local/recognition-queue';
import { ReaderWithFallback } from './reader-with-fallback';
import { TencentReader } from './tencent/tencent-reader';

/** The process that recognises text holds some 700 MB; between two uploads of one form it had better stay. */
const IDLE_MS = 5 * 60_000;

/** The way of reading cards that the settings name. Nothing is started before the first card. */
export function openIdCardReader(settings: Settings, logger: Logger): IdCardReader {
  const { tencentOcr, env } = settings;
  if (!tencentOcr) return localReader(settings, logger);
  const cloud = new TencentReader(tencentOcr, env.OCR_TIMEOUT_MS);
  return env.OCR_FALLBACK === 'local'
    ? new ReaderWithFallback(cloud, localReader(settings, logger), logger)
    : cloud;
}

function localReader({ env }: Settings, logger: Logger): LocalReader {
  const limits = {
    queueLimit: env.OCR_QUEUE_LIMIT,
    timeoutMs: env.OCR_TIMEOUT_MS,
    memoryLimitMb: env.OCR_MEMORY_LIMIT_MB,
    niceness: env.OCR_NICENESS,
    idleMs: IDLE_MS,
  };
  return new LocalReader(new RecognitionQueue(limits, logger));
}
