import { Injectable } from '@nestjs/common';
import { type mongo, Types } from 'mongoose';
import type { Caller } from '../../common/access/caller';
import type { Principal } from '../../common/access/principal';
import { AppError, invalidField } from '../../common/errors/app-error';
import { DEEPEST_RECORD } from '../../common/http/paging';
import { normaliseKeyword } from '../../common/search/search-terms';
import { type Collection, InjectCollection } from '../../database/collections';
import { FileAddresses } from '../files/file-addresses';
import { NEWEST_FIRST } from './resume-plans';
import {
  type FoundWorker,
  PUBLIC_DETAIL_FIELDS,
  type PublicDetail,
  type PublicDetailRow,
  toFoundWorker,
  toMaskedWorker,
  toPublicDetail,
  WORKER_FIELDS,
  type WorkerRow,
} from './resume-public.views';
import { RESUME, RESUME_INDEXES, type Resume } from './resume.schema';
import type { SearchWorkersDto } from './resumes.dto';

/** What somebody without an account must know of a worker to search for them. */
const FEWEST_DIGITS = 4;
const FEWEST_CHARACTERS = 2;

/** Published resumes, for those who are not staff. */
@Injectable()
export class PublicResumes {
  constructor(
    @InjectCollection(RESUME) private readonly resumes: Collection<Resume>,
    private readonly files: FileAddresses,
  ) {}

  /** @throws {AppError} NOT_FOUND for one that is not there, or not published */
  async get(id: string): Promise<PublicDetail> {
    const resume = await this.resumes.findOne<PublicDetailRow>(
      { _id: new Types.ObjectId(id), status: 'published' },
      { projection: PUBLIC_DETAIL_FIELDS },
    );
    if (!resume) throw new AppError('NOT_FOUND', { message: '简历不存在' });
    return toPublicDetail(resume, this.files);
  }

  /**
   * Published workers by name, by phone, or by both; newest first.
   * @throws {AppError} INVALID_PARAMS when neither is given, or too little of one by a caller who is not staff
   */
  async search(query: SearchWorkersDto, { principal }: Caller): Promise<FoundWorker[]> {
    const trusted = seesResumes(principal);
    const { name, phone } = wordsOf(query, trusted);
    const rows =
      name && phone
        ? await this.byNameAndPhone(name, phone, query.limit)
        : await this.rows(
            { searchTerms: name || phone, status: 'published' },
            query.limit,
            RESUME_INDEXES.keyword,
          );
    return rows.map((row) => (trusted ? toFoundWorker : toMaskedWorker)(row, this.files));
  }

  /**
   * Walks the newest keys of the name and compares the phones that they hold, so that only what is returned is read.
   * In one filter the database would read every document of the name: it compares a pattern within an index over an
   * array only when told to, by the limit between.
   */
  private async byNameAndPhone(name: string, phone: string, limit: number): Promise<WorkerRow[]> {
    const keys = await this.resumes
      .aggregate<{ _id: Types.ObjectId }>(
        [
          { $match: { searchTerms: name, status: 'published' } },
          { $sort: NEWEST_FIRST },
          { $limit: DEEPEST_RECORD },
          { $match: { phone: { $regex: phone } } },
          { $limit: limit },
          { $project: { _id: 1 } },
        ],
        { hint: RESUME_INDEXES.keyword },
      )
      .toArray();
    return this.rows({ _id: { $in: keys.map(({ _id }) => _id) } }, limit);
  }

  private rows(filter: mongo.Filter<Resume>, limit: number, hint?: string): Promise<WorkerRow[]> {
    return this.resumes
      .find<WorkerRow>(filter, { projection: WORKER_FIELDS, hint })
      .sort(NEWEST_FIRST)
      .limit(limit)
      .toArray();
  }
}

/** The roles of the staff's routes; an interviewer's token opens no resumes. */
function seesResumes(principal: Principal | undefined): boolean {
  return principal?.kind === 'staff' && principal.role !== 'hr';
}

interface Words {
  name: string;
  phone: string;
}

function wordsOf(query: SearchWorkersDto, trusted: boolean): Words {
  const name = normaliseKeyword(query.name ?? '');
  const phone = (query.phone ?? '').replace(/[\s-]/g, '');
  if (!name && !phone) throw invalidField('name', '请输入姓名或手机号');
  if (phone && !/^\d{1,11}$/.test(phone)) throw invalidField('phone', '手机号应为数字');
  // terms of names and of phones stand side by side: digits must not come in through the name
  if (/^\d+$/.test(name)) throw invalidField('name', '姓名不能只是数字');
  if (trusted) return { name, phone };
  if (phone && phone.length < FEWEST_DIGITS)
    throw invalidField('phone', `请至少输入 ${FEWEST_DIGITS} 位手机号`);
  if (name && [...name].length < FEWEST_CHARACTERS)
    throw invalidField('name', `请至少输入 ${FEWEST_CHARACTERS} 个字符的姓名`);
  return { name, phone };
}
