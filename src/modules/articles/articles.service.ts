import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { AuditTrail } from '../../common/audit/audit-trail';
import { AppError } from '../../common/errors/app-error';
import { type Page, pageOf } from '../../common/http/paging';
import { type Collection, InjectCollection } from '../../database/collections';
import { findPage } from '../../database/pages';
import { Transactions } from '../../database/transactions';
import { articleHtml } from './article-html';
import { type Article, ARTICLE } from './article.schema';
import {
  type ArticleListItem,
  type CreateArticleDto,
  LIST_FIELDS,
  type ListArticlesDto,
  type ListPublishedDto,
  type PublishedArticle,
  type StaffArticle,
  type StaffArticleItem,
  toListItem,
  toPublished,
  toStaffArticle,
  toStaffItem,
  type UpdateArticleDto,
} from './articles.dto';

/** Articles that the agency publishes in the mini-program. */
@Injectable()
export class ArticlesService {
  constructor(
    @InjectCollection(ARTICLE) private readonly articles: Collection<Article>,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
  ) {}

  async published({ tag, ...paging }: ListPublishedDto): Promise<Page<ArticleListItem>> {
    const { rows, total } = await findPage(this.articles, {
      filter: { status: 'published', ...(tag ? { tags: tag } : {}) },
      sort: { publishedAt: -1, _id: -1 },
      projection: LIST_FIELDS,
      ...paging,
    });
    return pageOf(rows.map(toListItem), total, paging);
  }

  /** Counts the read in the same step. @throws {AppError} NOT_FOUND for what is not published */
  async read(id: string): Promise<PublishedArticle> {
    const article = await this.articles.findOneAndUpdate(
      { _id: new Types.ObjectId(id), status: 'published' },
      { $inc: { viewCount: 1 } },
      { returnDocument: 'after' },
    );
    if (!article) throw notFound();
    return toPublished(article);
  }

  async list({ status, ...paging }: ListArticlesDto): Promise<Page<StaffArticleItem>> {
    const { rows, total } = await findPage(this.articles, {
      filter: status ? { status } : {},
      sort: { createdAt: -1, _id: -1 },
      projection: LIST_FIELDS,
      ...paging,
    });
    return pageOf(rows.map(toStaffItem), total, paging);
  }

  async get(id: string): Promise<StaffArticle> {
    const article = await this.articles.findOne<Article>({ _id: new Types.ObjectId(id) });
    if (!article) throw notFound();
    return toStaffArticle(article);
  }

  async create(input: CreateArticleDto, caller: StaffCaller): Promise<StaffArticle> {
    const now = new Date();
    const article: Article = {
      _id: new Types.ObjectId(),
      ...input,
      contentHtml: articleHtml(input.contentRaw),
      publishedAt: input.status === 'published' ? now : null,
      viewCount: 0,
      createdAt: now,
      updatedAt: now,
    };
    await this.transactions.run(caller, async (session) => {
      await this.articles.insertOne(article, { session });
      await this.audit.record(change('create', article._id, null, article), caller, session);
    });
    return toStaffArticle(article);
  }

  async update(id: string, input: UpdateArticleDto, caller: StaffCaller): Promise<StaffArticle> {
    const _id = new Types.ObjectId(id);
    const html = input.contentRaw === undefined ? {} : { contentHtml: articleHtml(input.contentRaw) };
    return this.transactions.run(caller, async (session) => {
      const before = await this.articles.findOne<Article>({ _id }, { session });
      if (!before) throw notFound();
      const updatedAt = new Date();
      const publishedAt = before.publishedAt ?? (input.status === 'published' ? updatedAt : null);
      const fields = { ...input, ...html, publishedAt, updatedAt };
      await this.articles.updateOne({ _id }, { $set: fields }, { session });
      const after: Article = { ...before, ...fields };
      await this.audit.record(change('update', _id, before, after), caller, session);
      return toStaffArticle(after);
    });
  }

  async remove(id: string, caller: StaffCaller): Promise<void> {
    const _id = new Types.ObjectId(id);
    await this.transactions.run(caller, async (session) => {
      const before = await this.articles.findOneAndDelete({ _id }, { session });
      if (!before) throw notFound();
      await this.audit.record(change('delete', _id, before, null), caller, session);
    });
  }
}

function notFound(): AppError {
  return new AppError('NOT_FOUND', { message: '文章不存在' });
}

function change(action: string, id: Types.ObjectId, before: Article | null, after: Article | null) {
  const audited = (article: Article | null) => {
    if (!article) return null;
    // counted by every reader, and made from what is recorded
    const { viewCount: _views, contentHtml: _html, ...rest } = article;
    return rest;
  };
  return {
    entity: 'article',
    entityId: id.toHexString(),
    action,
    before: audited(before),
    after: audited(after),
  };
}
