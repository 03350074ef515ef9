import { Injectable } from '@nestjs/common';
import { type ClientSession, Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { AppError, invalidField } from '../../common/errors/app-error';
import type { Exchange } from '../../common/http/exchange';
import { type Collection, InjectCollection } from '../../database/collections';
import { Transactions } from '../../database/transactions';
import { FileAddresses, fileIdOf } from '../files/file-addresses';
import { FileIntake, type KeptFile, referencesTo } from '../files/file-intake';
import type { FileReference } from '../files/file-reference';
import { FileStore } from '../files/file-store';
import {
  FILE_RULES,
  type FileType,
  fileTypeOf,
  LONGEST_LIST,
  ONE_FILE,
  SEVERAL_FILES,
  typed,
  type TypedFile,
  typesOfBatch,
} from './resume-file-types';
import type { BatchOfFiles, DeletedFile, DeleteFileDto, UploadedFileView } from './resume-files.dto';
import { RESUME, type Resume } from './resume.schema';
import { ResumeStore } from './resume.store';

type KeptResumeFile = KeptFile<TypedFile>;

/** The files of a resume: added one at a time or several together, replaced and deleted. */
@Injectable()
export class ResumeFiles {
  constructor(
    @InjectCollection(RESUME) private readonly resumes: Collection<Resume>,
    private readonly store: ResumeStore,
    private readonly files: FileStore,
    private readonly addresses: FileAddresses,
    private readonly intake: FileIntake,
    private readonly transactions: Transactions,
  ) {}

  /** @throws {AppError} NOT_FOUND before the body is read; INVALID_PARAMS, INVALID_FILE_TYPE, FILE_TOO_LARGE */
  async upload(id: string, exchange: Exchange, caller: StaffCaller): Promise<UploadedFileView | string> {
    await this.requireResume(id);
    return this.intake.take(exchange, {
      form: ONE_FILE,
      sort: ({ files, fields }) => {
        const type = fileTypeOf(fields['type']);
        return files.map((file) => typed(file, type));
      },
      record: async (kept, session) => {
        const [view] = await this.attach(id, kept, caller, session);
        return view as UploadedFileView;
      },
    });
  }

  /** All of them or none. */
  async uploadSeveral(id: string, exchange: Exchange, caller: StaffCaller): Promise<BatchOfFiles | string> {
    await this.requireResume(id);
    return this.intake.take(exchange, {
      form: SEVERAL_FILES,
      sort: ({ files, fields }) => {
        const types = typesOfBatch(fields['types'], files.length);
        return files.map((file, index) => typed(file, types[index] as FileType));
      },
      record: async (kept, session) => {
        const views = await this.attach(id, kept, caller, session);
        const uploadedFiles = views.map((view, index) => ({ ...view, index }));
        return { resumeId: id, uploadedFiles, totalCount: views.length };
      },
    });
  }

  /** @throws {AppError} NOT_FOUND for a resume or a file of that type that is not there */
  async delete(id: string, { fileUrl, fileType }: DeleteFileDto, caller: StaffCaller): Promise<DeletedFile> {
    const fileId = fileIdOf(fileUrl);
    return this.transactions.run(caller, async (session) => {
      const before = await this.findOrFail(id, session);
      const found = filesOf(before, fileType).find((reference) => reference.id === fileId);
      if (!found) throw new AppError('NOT_FOUND', { message: '文件不存在' });
      await this.store.change(before, without(before, fileType, found), 'delete-file', caller, session);
      await this.files.release([found], session);
      return { resumeId: id, deletedFileUrl: fileUrl, fileType };
    });
  }

  /** What takes a place that was taken sets the former file free. */
  private async attach(
    id: string,
    kept: KeptResumeFile[],
    caller: StaffCaller,
    session: ClientSession,
  ): Promise<UploadedFileView[]> {
    const before = await this.findOrFail(id, session);
    const replaced = kept.flatMap(({ type }) =>
      'single' in FILE_RULES[type].place ? filesOf(before, type) : [],
    );
    await this.store.change(before, kept.reduce(withFile, before), 'upload-file', caller, session);
    await this.files.attach(referencesTo(kept), session);
    await this.files.release(replaced, session);
    return kept.map((file) => this.toView(id, file));
  }

  /** Looked up by _id. */
  private async requireResume(id: string): Promise<void> {
    const found = await this.resumes.findOne({ _id: new Types.ObjectId(id) }, { projection: { _id: 1 } });
    if (!found) throw missing();
  }

  private async findOrFail(id: string, session: ClientSession): Promise<Resume> {
    const resume = await this.resumes.findOne<Resume>({ _id: new Types.ObjectId(id) }, { session });
    if (!resume) throw missing();
    return resume;
  }

  private toView(resumeId: string, { type, reference }: KeptResumeFile): UploadedFileView {
    const { url, fileName, fileSize } = this.addresses.view(reference);
    return { fileUrl: url, fileType: type, fileName, fileSize, resumeId };
  }
}

function filesOf(resume: Resume, type: FileType): FileReference[] {
  const { place } = FILE_RULES[type];
  if ('list' in place) return resume[place.list] ?? [];
  const file = resume[place.single];
  return file ? [file] : [];
}

function withFile(resume: Resume, { type, reference }: KeptResumeFile): Resume {
  const { place } = FILE_RULES[type];
  const updatedAt = new Date();
  if ('single' in place) return { ...resume, [place.single]: reference, updatedAt };
  const list = [...filesOf(resume, type), reference];
  if (list.length > LONGEST_LIST)
    throw invalidField('type', `同一类型的文件最多 ${LONGEST_LIST} 个，请先删除一些`);
  return { ...resume, [place.list]: list, updatedAt };
}

function without(resume: Resume, type: FileType, file: FileReference): Resume {
  const { place } = FILE_RULES[type];
  const updatedAt = new Date();
  if ('single' in place) return { ...resume, [place.single]: undefined, updatedAt };
  return { ...resume, [place.list]: filesOf(resume, type).filter(({ id }) => id !== file.id), updatedAt };
}

function missing(): AppError {
  return new AppError('NOT_FOUND', { message: '简历不存在' });
}
