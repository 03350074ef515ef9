import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import type { Awaitable } from '../../common/async/after';
import type { Exchange } from '../../common/http/exchange';
import { type Commit, Idempotency } from '../../common/idempotency/idempotency.service';
import type { UploadForm } from '../../common/uploads/upload-form';
import { contentOf, type Upload, type UploadedFile, UploadReader } from '../../common/uploads/upload-reader';
import type { FileReference } from './file-reference';
import { FileStore } from './file-store';

/** An uploaded file, and how it is to be kept. */
export interface IntendedFile {
  file: UploadedFile;
  /** opened by signed addresses only */
  private: boolean;
}

/** It, and what a record keeps of it. */
export type KeptFile<I extends IntendedFile = IntendedFile> = I & { reference: FileReference };

/** What a route that takes files does with them. */
export interface Intake<I extends IntendedFile, T> {
  form: UploadForm;
  /** Tells by the text fields what each file is, before any is stored. @throws {AppError} when it cannot be that */
  sort: (upload: Upload) => Awaitable<I[]>;
  /**
   * In one transaction: puts the references into a record and attaches the files (`FileStore.attach`), or does what
   * else makes them openable; gives the route's result. What is left pending is swept.
   */
  record: (kept: KeptFile<I>[], session: ClientSession) => Promise<T>;
}

/** Receives files, stores them and has them recorded: all of them or none, and under an Idempotency-Key once. */
@Injectable()
export class FileIntake {
  constructor(
    private readonly uploads: UploadReader,
    private readonly files: FileStore,
    private readonly idempotency: Idempotency,
  ) {}

  /**
   * @returns the route's result, or with a key the whole answer, which leaves as it is
   * @throws {AppError} as the form, the files and the key are wrong; whatever `sort` and `record` throw
   */
  take<I extends IntendedFile, T>(
    exchange: Exchange,
    { form, sort, record }: Intake<I, T>,
  ): Promise<T | string> {
    return this.uploads.read(exchange.request, form, (upload) =>
      this.idempotency.once<T>(exchange, contentOf(upload), async (commit) =>
        this.keepAndRecord(await sort(upload), record, commit),
      ),
    );
  }

  /** The storage is written before the transaction, which may run again; what is not recorded is taken back. */
  private async keepAndRecord<I extends IntendedFile, T>(
    intended: I[],
    record: Intake<I, T>['record'],
    commit: Commit<T>,
  ): Promise<T> {
    const kept = await this.keepAll(intended);
    try {
      return await commit((session) => record(kept, session));
    } catch (error) {
      await this.files.discard(referencesTo(kept));
      throw error;
    }
  }

  /** Side by side; how many images are worked on at once is limited elsewhere. */
  private async keepAll<I extends IntendedFile>(intended: I[]): Promise<KeptFile<I>[]> {
    const results = await Promise.allSettled(
      intended.map(async (one): Promise<KeptFile<I>> => {
        return { ...one, reference: await this.files.keep(one.file, { private: one.private }) };
      }),
    );
    const kept = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failure = results.find((result) => result.status === 'rejected');
    if (!failure) return kept;
    await this.files.discard(referencesTo(kept));
    throw failure.reason;
  }
}

export function referencesTo(kept: KeptFile[]): FileReference[] {
  return kept.map(({ reference }) => reference);
}
