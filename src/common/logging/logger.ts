import type { LoggerService } from '@nestjs/common';
import pino, { type DestinationStream, type Logger } from 'pino';
import type { Settings } from '../../config/settings';
import { maskLine } from './masking';

/** The process's one logger: JSON lines, masked as a last step, whatever was logged and from where. */
export function createLogger(settings: Settings, destination?: DestinationStream): Logger {
  const options: pino.LoggerOptions = {
    level: settings.env.LOG_LEVEL,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    hooks: { streamWrite: maskLine },
  };
  if (destination) return pino(options, destination);
  if (!settings.logPretty) return pino(options, bufferedOutput());
  // a reader's own terminal: the same masked lines, only coloured
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { singleLine: true, ignore: 'pid,hostname' } },
  });
}

const BUFFER_BYTES = 32 * 1024;
const FLUSH_MS = 200;

/**
 * Standard output, written some lines at a time: a system call for each line costs a small request a twentieth of its
 * time. The rest goes out when the process ends; a kill -9 loses what the last moment logged, and no data.
 */
function bufferedOutput(): DestinationStream {
  const output = pino.destination({
    dest: 1,
    sync: false,
    minLength: BUFFER_BYTES,
    maxWrite: 2 * BUFFER_BYTES,
  });
  setInterval(() => output.flush(), FLUSH_MS).unref();
  return output;
}

/** Lets Nest's own messages go out through pino; what Nest logs at start is of interest to nobody but debuggers. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context, stack }, String(message));
  }

  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
}
