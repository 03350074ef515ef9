import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { type Page, pageOf } from '../../common/http/paging';
import { type Collection, InjectCollection } from '../../database/collections';
import { FileAddresses } from '../files/file-addresses';
import { RememberedCounts } from '../../database/remembered-counts';
import { NEWEST_FIRST, type Plan, planOf } from './resume-plans';
import { RESUME, type Resume } from './resume.schema';
import { LIST_FIELDS, type ListedResume, toListItem } from './resume.views';
import { PUBLIC_LIST_FIELDS, type PublicRow, toPublicListItem } from './resume-public.views';
import type { ListPublicResumesDto, ListResumesDto } from './resumes.dto';

type Shown<Item> = Promise<Page<Item>>;

/** The lists of resumes: one page and a count, whatever is asked. */
@Injectable()
export class ResumeListing {
  constructor(
    @InjectCollection(RESUME) private readonly resumes: Collection<Resume>,
    private readonly files: FileAddresses,
    private readonly counts: RememberedCounts,
  ) {}

  /** For staff: of every status, unless one is asked for. */
  async list(query: ListResumesDto): Shown<ReturnType<typeof toListItem>> {
    const [rows, total] = await this.page<ListedResume>(planOf(query), query, LIST_FIELDS);
    return pageOf(
      rows.map((row) => toListItem(row, this.files)),
      total,
      query,
    );
  }

  /** For everybody: published ones. */
  async listPublic(query: ListPublicResumesDto): Shown<ReturnType<typeof toPublicListItem>> {
    const plan = planOf({ ...query, status: 'published' });
    const [rows, total] = await this.page<PublicRow>(plan, query, PUBLIC_LIST_FIELDS);
    return pageOf(
      rows.map((row) => toPublicListItem(row, this.files)),
      total,
      query,
    );
  }

  private page<Row extends mongo.Document>(
    plan: Plan,
    { page, pageSize }: { page: number; pageSize: number },
    projection: mongo.Document,
  ): Promise<[Row[], number]> {
    const rows = this.resumes
      .find<Row>(plan.filter, { projection, hint: plan.hint })
      .sort(NEWEST_FIRST)
      .skip((page - 1) * pageSize)
      .limit(pageSize)
      .toArray();
    return Promise.all([rows, this.count(plan)]);
  }

  /** Without any filter the collection's own count answers at once; else the index is counted, no document read. */
  private count({ filter, hint }: Plan): Promise<number> {
    if (Object.keys(filter).length === 0) return this.resumes.estimatedDocumentCount();
    return this.counts.count(filter, () => this.resumes.countDocuments(filter, { hint }));
  }
}
