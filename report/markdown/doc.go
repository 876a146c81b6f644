// Package markdown writes a report as Markdown, for a ticket or a wiki page: what
// is not known, a verdict for each tenant, and the findings with their fix. Names
// come from other people and stay text: they make no link, no mention and no markup.
package markdown
