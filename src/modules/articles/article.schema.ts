import { Schema, type Types } from 'mongoose';

export const ARTICLE = 'Article';
export const ARTICLE_STATES = ['draft', 'published'] as const;

export interface Article {
  _id: Types.ObjectId;
  title: string;
  author: string;
  source: string;
  coverUrl: string;
  summary: string;
  /** as the editor wrote it; only staff sees it */
  contentRaw: string;
  /** made from it, of tags that can do no harm */
  contentHtml: string;
  imageUrls: string[];
  status: (typeof ARTICLE_STATES)[number];
  /** when it was first published */
  publishedAt: Date | null;
  viewCount: number;
  tags: string[];
  createdAt: Date;
  updatedAt: Date;
}

export const articleSchema = new Schema<Article>(
  {
    title: String,
    author: String,
    source: String,
    coverUrl: String,
    summary: String,
    contentRaw: String,
    contentHtml: String,
    imageUrls: [String],
    status: { type: String, enum: ARTICLE_STATES },
    publishedAt: Date,
    viewCount: Number,
    tags: [String],
    createdAt: Date,
    updatedAt: Date,
  },
  { collection: 'articles', versionKey: false },
)
  // GET /api/articles/miniprogram/list
  .index({ status: 1, publishedAt: -1, _id: -1 })
  // GET /api/articles/miniprogram/list?tag
  .index({ status: 1, tags: 1, publishedAt: -1, _id: -1 })
  // GET /api/articles
  .index({ createdAt: -1, _id: -1 })
  // GET /api/articles?status
  .index({ status: 1, createdAt: -1, _id: -1 });
