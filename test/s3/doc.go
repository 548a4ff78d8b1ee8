// Package s3 lets the bucket of S3 take its exam at a real object store: versitygw, built from source by this
// module, over a folder. It is a module of its own so that nobody else needs what that store is made of.
package s3
