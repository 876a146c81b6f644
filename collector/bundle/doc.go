// Package bundle reads and writes an organization as a folder or zip of JSON
// files that hold the platform API's own entities.
//
// A file is a list of entities (an array, a listing with "entities", or a
// stream of either), or an object of lists by id. What the files do not say
// becomes a line of the ledger; what they say wrongly is an error with its
// place. The package decides nothing about access and reaches no network.
//
// Reading holds one entity at a time. The grammar of every byte is checked once
// (scanner), and values are decoded from bytes that are known to be JSON
// (value). Strictness goes where two readers could disagree: a field given
// twice, an object that is both entity and listing, and text that is not UTF-8
// are errors.
//
// Beyond the API's fields, and those that guides speak of, a bundle may say: of
// a grant, grantMadeBy and source; of a member, subjectType, as a grant has it
// ("*" is any subject with the id); of a listing, partial; of a listing of
// members, containerType PC_TRUSTEE_GROUP; of a policy, guide. [Writer] uses
// them only for records that could not be told otherwise.
package bundle
