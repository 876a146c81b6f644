// Package authz is the vocabulary of authorization: the records that a
// snapshot holds, and the names of permissions.
//
// It says what was told, never what follows from it: it opens no files, decides
// about no access, and imports nothing but the standard library. A value that a
// source did not give is the zero value of its field (an empty string, a zero
// time, [Unknown]), so that null and missing are the same.
package authz
