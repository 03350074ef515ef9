import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, register as ofProcess, Registry } from 'prom-client';

/**
 * Prometheus metrics: the application's in a registry of its own, so that two in one process do not collide; those of the
 * process in one that they share, since what observes a process cannot be taken off it again.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer, by method, route pattern and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  private readonly inFlight = new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests that have been accepted and are not answered yet, streams of events among them',
    registers: [this.registry],
  });

  constructor() {
    if (ofProcess.getMetricsAsArray().length === 0) collectDefaultMetrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    return (await Promise.all([ofProcess.metrics(), this.registry.metrics()])).join('\n');
  }

  /** A figure that is looked up when somebody asks for the metrics; where it cannot be, the others are told all the same. */
  gauge(name: string, help: string, read: () => Promise<number>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: async () => gauge.set(await read().catch(() => NaN)),
    });
  }

  /** Fastify tells the end of an answer, but not of one whose caller has gone: Node's own event tells both. */
  accepted(reply: FastifyReply): void {
    this.inFlight.inc();
    reply.raw.once('close', () => this.inFlight.dec());
  }

  answered(request: FastifyRequest, reply: FastifyReply): void {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
    };
    this.requests.observe(labels, reply.elapsedTime / 1000);
  }
}
