package api

import "encoding/json"

// providers are the OAuth2 providers that a collection can be set up for, in display order.
var providers = []struct{ name, shown, color string }{
	{"apple", "Apple", "#111111"}, {"google", "Google", "#4285f4"}, {"microsoft", "Microsoft", "#00a4ef"},
	{"yandex", "Yandex", "#fc3f1d"}, {"facebook", "Facebook", "#0866ff"}, {"instagram2", "Instagram", "#c13584"},
	{"github", "GitHub", "#24292f"}, {"gitlab", "GitLab", "#fc6d26"}, {"bitbucket", "Bitbucket", "#0052cc"},
	{"gitee", "Gitee", "#c71d23"}, {"gitea", "Gitea/Forgejo", "#609926"}, {"discord", "Discord", "#5865f2"},
	{"twitter", "X/Twitter", "#0f1419"}, {"kakao", "Kakao", "#b8a200"}, {"vk", "ВКонтакте", "#0077ff"},
	{"linear", "Linear", "#5e6ad2"}, {"notion", "Notion", "#191919"}, {"monday", "monday.com", "#ff3d57"},
	{"lark", "Lark", "#3370ff"}, {"box", "Box", "#0061d5"}, {"spotify", "Spotify", "#1db954"},
	{"trakt", "Trakt", "#ed1c24"}, {"twitch", "Twitch", "#9146ff"}, {"patreon", "Patreon", "#f96854"},
	{"strava", "Strava", "#fc4c02"}, {"wakatime", "WakaTime", "#2f2f2f"}, {"livechat", "LiveChat", "#ff5100"},
	{"mailcow", "mailcow", "#a58300"}, {"planningcenter", "Planning Center", "#2266f7"},
	{"oidc", "OIDC", "#666666"}, {"oidc2", "OIDC", "#666666"}, {"oidc3", "OIDC", "#666666"},
}

// listProviders names the providers. A logo is a disc with an initial in a colour that suits the provider;
// nobody's mark is shipped.
func listProviders(c *call) error {
	type shown struct {
		Name        string `json:"name"`
		DisplayName string `json:"displayName"`
		Logo        string `json:"logo"`
	}
	list := make([]shown, len(providers))
	for i, p := range providers {
		list[i] = shown{p.name, p.shown, disc([]rune(p.shown)[:1], p.color)}
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return c.answer(raw)
}

func disc(initial []rune, color string) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32"><circle cx="16" cy="16" r="16" fill="` + color +
		`"/><text x="16" y="22" text-anchor="middle" font-family="sans-serif" font-size="17" font-weight="600" fill="#fff">` + string(initial) + `</text></svg>`
}
