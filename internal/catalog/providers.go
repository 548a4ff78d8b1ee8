package catalog

import "slices"

// Provider is an OAuth2 provider that a collection may be configured for.
type Provider struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Logo        string `json:"logo"` // SVG text
}

// providers are all of them in the order of display, with the colour and the letters of their sign. The
// signs are drawings of our own, not the marks of the companies.
var providers = []struct{ name, display, colour, letters string }{
	{"apple", "Apple", "#1d1d1f", "A"},
	{"google", "Google", "#3b7ded", "G"},
	{"microsoft", "Microsoft", "#00749e", "M"},
	{"yandex", "Yandex", "#e0301e", "Y"},
	{"facebook", "Facebook", "#1666d8", "f"},
	{"instagram2", "Instagram", "#c1356b", "Ig"},
	{"github", "GitHub", "#24292f", "gh"},
	{"gitlab", "GitLab", "#d9532c", "gl"},
	{"bitbucket", "Bitbucket", "#1d56b8", "bb"},
	{"gitee", "Gitee", "#b81f2b", "ge"},
	{"gitea", "Gitea/Forgejo", "#5a8a26", "gt"},
	{"discord", "Discord", "#5561d6", "D"},
	{"twitter", "X/Twitter", "#14171a", "X"},
	{"kakao", "Kakao", "#8a7300", "K"},
	{"vk", "ВКонтакте", "#2f6fd0", "vk"},
	{"linear", "Linear", "#4d58b8", "L"},
	{"notion", "Notion", "#2f2f2f", "N"},
	{"monday", "monday.com", "#c9304c", "m"},
	{"lark", "Lark", "#1f6f6a", "Lk"},
	{"box", "Box", "#0a58b5", "Bx"},
	{"spotify", "Spotify", "#157f3c", "S"},
	{"trakt", "Trakt", "#a3152a", "Tr"},
	{"twitch", "Twitch", "#7443c4", "Tw"},
	{"patreon", "Patreon", "#b5462f", "P"},
	{"strava", "Strava", "#c94300", "St"},
	{"wakatime", "WakaTime", "#333f48", "W"},
	{"livechat", "LiveChat", "#b3471b", "lc"},
	{"mailcow", "mailcow", "#7a5a00", "mc"},
	{"planningcenter", "Planning Center", "#22577a", "Pc"},
	{"oidc", "OIDC", "#5b5f66", "ID"},
	{"oidc2", "OIDC", "#5b5f66", "ID"},
	{"oidc3", "OIDC", "#5b5f66", "ID"},
}

// KnownProvider reports whether a collection may be configured for the provider.
func KnownProvider(name string) bool {
	return slices.ContainsFunc(providers, func(p struct{ name, display, colour, letters string }) bool { return p.name == name })
}

// Providers are all OAuth2 providers in the order of display.
func Providers() []Provider {
	list := make([]Provider, len(providers))
	for i, p := range providers {
		list[i] = Provider{Name: p.name, DisplayName: p.display, Logo: sign(p.colour, p.letters)}
	}
	return list
}

// sign draws letters on a coloured disc.
func sign(colour, letters string) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">` +
		`<circle cx="16" cy="16" r="16" fill="` + colour + `"/>` +
		`<text x="16" y="21.5" text-anchor="middle" font-family="sans-serif" font-weight="700" font-size="15" fill="#fff">` +
		letters + `</text></svg>`
}
