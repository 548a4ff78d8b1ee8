package provider

import "encoding/json"

// row is one provider: where it is asked, for what, and where in its profile the things are that we want.
type row struct {
	name   string
	auth   string // where people are sent
	token  string // where a code is exchanged
	user   string // where the profile is; empty for providers that send it along with the token
	scopes string // separated by spaces
	noPKCE bool
	at     places
	quirk
}

// places are paths in a profile: keys and list positions, separated by dots, from root on. A provider without
// an e-mail path has none that it vouches for.
type places struct {
	root     string
	id       string
	name     string
	username string
	email    string
	avatar   string

	number   bool   // the id is a number
	verified string // flags, separated by spaces, without which the e-mail is not trusted
	loose    bool   // the flags may also be numbers and texts
	alive    string // a value that says whether the account may sign in
	is       any    // what it must be then
}

// table is all providers, in the order of display. The values are the companies' own; their documentation
// calls the endpoints and fields so.
var table = []row{
	{
		name: "apple", scopes: "name email",
		auth:  "https://appleid.apple.com/auth/authorize",
		token: "https://appleid.apple.com/auth/token",
		at:    places{id: "sub", name: "name", email: "email", verified: "email_verified", loose: true},
		quirk: quirk{params: formPost, read: appleClaims},
	}, {
		name: "google", scopes: "https://www.googleapis.com/auth/userinfo.profile https://www.googleapis.com/auth/userinfo.email",
		auth:  "https://accounts.google.com/o/oauth2/v2/auth",
		token: "https://oauth2.googleapis.com/token",
		user:  "https://www.googleapis.com/oauth2/v3/userinfo",
		at:    places{id: "sub", name: "name", email: "email", verified: "email_verified", avatar: "picture"},
	}, {
		name: "microsoft", scopes: "User.Read",
		auth:  "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
		token: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
		user:  "https://graph.microsoft.com/v1.0/me",
		at:    places{id: "id", name: "displayName"},
		quirk: quirk{scope: microsoftScope, finish: microsoftEmail},
	}, {
		name: "yandex", scopes: "login:email login:avatar login:info",
		auth:  "https://oauth.yandex.com/authorize",
		token: "https://oauth.yandex.com/token",
		user:  "https://login.yandex.ru/info",
		at:    places{id: "id", name: "real_name", username: "login", email: "default_email"},
		quirk: quirk{finish: yandexAvatar},
	}, {
		name: "facebook", scopes: "email",
		auth:  "https://www.facebook.com/v3.2/dialog/oauth",
		token: "https://graph.facebook.com/v3.2/oauth/access_token",
		user:  "https://graph.facebook.com/me?fields=name,email,picture.type(large)",
		at:    places{id: "id", name: "name", email: "email", avatar: "picture.data.url"},
	}, {
		name: "instagram2", scopes: "instagram_business_basic",
		auth:  "https://www.instagram.com/oauth/authorize",
		token: "https://api.instagram.com/oauth/access_token",
		user:  "https://graph.instagram.com/me?fields=id,username,account_type,user_id,name,profile_picture_url,followers_count,follows_count,media_count",
		at:    places{id: "user_id", name: "name", username: "username", avatar: "profile_picture_url"},
		quirk: quirk{finish: instagramPermissions},
	}, {
		name: "github", scopes: "read:user user:email",
		auth:  "https://github.com/login/oauth/authorize",
		token: "https://github.com/login/oauth/access_token",
		user:  "https://api.github.com/user",
		at:    places{id: "id", number: true, name: "name", username: "login", avatar: "avatar_url"},
		quirk: quirk{finish: primaryEmail},
	}, {
		name: "gitlab", scopes: "read_user",
		auth:  "https://gitlab.com/oauth/authorize",
		token: "https://gitlab.com/oauth/token",
		user:  "https://gitlab.com/api/v4/user",
		at:    places{id: "id", number: true, name: "name", username: "username", email: "email", avatar: "avatar_url"},
		quirk: quirk{finish: gitlabConfirmed},
	}, {
		name: "bitbucket", scopes: "account", noPKCE: true,
		auth:  "https://bitbucket.org/site/oauth2/authorize",
		token: "https://bitbucket.org/site/oauth2/access_token",
		user:  "https://api.bitbucket.org/2.0/user",
		at:    places{id: "uuid", name: "display_name", username: "username", avatar: "links.avatar.href", alive: "account_status", is: "active"},
		quirk: quirk{finish: bitbucketEmail},
	}, {
		name: "gitee", scopes: "user_info emails",
		auth:  "https://gitee.com/oauth/authorize",
		token: "https://gitee.com/oauth/token",
		user:  "https://gitee.com/api/v5/user",
		at:    places{id: "id", number: true, name: "name", username: "login", email: "email", avatar: "avatar_url"},
		quirk: quirk{finish: giteeEmail},
	}, {
		name: "gitea", scopes: "read:user user:email",
		auth:  "https://gitea.com/login/oauth/authorize",
		token: "https://gitea.com/login/oauth/access_token",
		user:  "https://gitea.com/api/v1/user",
		at:    places{id: "id", number: true, name: "full_name", username: "login", avatar: "avatar_url", alive: "active", is: true},
		quirk: quirk{finish: primaryEmail},
	}, {
		name: "discord", scopes: "identify email",
		auth:  "https://discord.com/api/oauth2/authorize",
		token: "https://discord.com/api/oauth2/token",
		user:  "https://discord.com/api/users/@me",
		at:    places{id: "id", name: "global_name", username: "username", email: "email", verified: "verified"},
		quirk: quirk{finish: discordName},
	}, {
		name: "twitter", scopes: "users.read users.email tweet.read",
		auth:  "https://x.com/i/oauth2/authorize",
		token: "https://api.x.com/2/oauth2/token",
		user:  "https://api.x.com/2/users/me?user.fields=id,name,username,profile_image_url,confirmed_email",
		at:    places{root: "data", id: "id", name: "name", username: "username", email: "confirmed_email", avatar: "profile_image_url"},
	}, {
		name: "kakao", scopes: "account_email profile_nickname profile_image",
		auth:  "https://kauth.kakao.com/oauth/authorize",
		token: "https://kauth.kakao.com/oauth/token",
		user:  "https://kapi.kakao.com/v2/user/me",
		at: places{
			id: "id", number: true, username: "properties.nickname", avatar: "properties.profile_image",
			email: "kakao_account.email", verified: "kakao_account.is_email_valid kakao_account.is_email_verified",
		},
	}, {
		name: "vk", scopes: "email", noPKCE: true,
		auth:  "https://oauth.vk.com/authorize",
		token: "https://oauth.vk.com/access_token",
		user:  "https://api.vk.com/method/users.get?fields=photo_max,screen_name&v=5.131",
		at:    places{root: "response.0", id: "id", number: true, username: "screen_name", avatar: "photo_max"},
		quirk: quirk{finish: vkNameAndEmail},
	}, {
		name: "linear", scopes: "read", noPKCE: true,
		auth:  "https://linear.app/oauth/authorize",
		token: "https://api.linear.app/oauth/token",
		user:  "https://api.linear.app/graphql",
		at:    places{root: "data.viewer", id: "id", name: "name", username: "displayName", email: "email", avatar: "avatarUrl", alive: "active", is: true},
		quirk: quirk{ask: graphQL("query { viewer { id displayName name email avatarUrl active } }")},
	}, {
		name:  "notion",
		auth:  "https://api.notion.com/v1/oauth/authorize",
		token: "https://api.notion.com/v1/oauth/token",
		user:  "https://api.notion.com/v1/users/me",
		at:    places{root: "bot.owner.user", id: "id", name: "name", email: "person.email", avatar: "avatar_url"},
		quirk: quirk{ask: headers("Notion-Version", "2022-06-28")},
	}, {
		name: "monday", scopes: "me:read",
		auth:  "https://auth.monday.com/oauth2/authorize",
		token: "https://auth.monday.com/oauth2/token",
		user:  "https://api.monday.com/v2",
		at:    places{root: "data.me", id: "id", name: "name", email: "email", verified: "is_verified", avatar: "photo_small", alive: "enabled", is: true},
		quirk: quirk{ask: graphQL("query { me { id enabled name email is_verified photo_small } }")},
	}, {
		name:  "lark",
		auth:  "https://accounts.feishu.cn/open-apis/authen/v1/authorize",
		token: "https://open.feishu.cn/open-apis/authen/v2/oauth/token",
		user:  "https://open.feishu.cn/open-apis/authen/v1/user_info",
		at:    places{root: "data", id: "union_id", name: "name", avatar: "avatar_url"},
	}, {
		name: "box", scopes: "root_readonly",
		auth:  "https://account.box.com/api/oauth2/authorize",
		token: "https://api.box.com/oauth2/token",
		user:  "https://api.box.com/2.0/users/me",
		at:    places{id: "id", name: "name", email: "login", avatar: "avatar_url", alive: "status", is: "active"},
	}, {
		name: "spotify", scopes: "user-read-private",
		auth:  "https://accounts.spotify.com/authorize",
		token: "https://accounts.spotify.com/api/token",
		user:  "https://api.spotify.com/v1/me",
		at:    places{id: "id", name: "display_name", avatar: "images.0.url"},
	}, {
		name:  "trakt",
		auth:  "https://trakt.tv/oauth/authorize",
		token: "https://api.trakt.tv/oauth/token",
		user:  "https://api.trakt.tv/users/settings",
		at:    places{root: "user", id: "ids.uuid", name: "name", username: "username", avatar: "images.avatar.full"},
		quirk: quirk{ask: headers("Content-Type", "application/json", "trakt-api-key", clientID, "trakt-api-version", "2")},
	}, {
		name: "twitch", scopes: "user:read:email",
		auth:  "https://id.twitch.tv/oauth2/authorize",
		token: "https://id.twitch.tv/oauth2/token",
		user:  "https://api.twitch.tv/helix/users",
		at:    places{root: "data.0", id: "id", name: "display_name", username: "login", email: "email", avatar: "profile_image_url"},
		quirk: quirk{ask: headers("Client-Id", clientID)},
	}, {
		name: "patreon", scopes: "identity identity[email]",
		auth:  "https://www.patreon.com/oauth2/authorize",
		token: "https://www.patreon.com/api/oauth2/token",
		user:  "https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=full_name,email,vanity,image_url,is_email_verified",
		at: places{
			root: "data", id: "id", name: "attributes.full_name", username: "attributes.vanity", email: "attributes.email",
			verified: "attributes.is_email_verified", avatar: "attributes.image_url",
		},
	}, {
		name: "strava", scopes: "profile:read_all",
		auth:  "https://www.strava.com/oauth/authorize",
		token: "https://www.strava.com/api/v3/oauth/token",
		user:  "https://www.strava.com/api/v3/athlete",
		at:    places{id: "id", number: true, username: "username", avatar: "profile"},
		quirk: quirk{finish: stravaName},
	}, {
		name: "wakatime", scopes: "email",
		auth:  "https://wakatime.com/oauth/authorize",
		token: "https://wakatime.com/oauth/token",
		user:  "https://wakatime.com/api/v1/users/current",
		at:    places{root: "data", id: "id", name: "display_name", username: "username", email: "email", verified: "is_email_confirmed", avatar: "photo"},
		quirk: quirk{finish: wakatimePhoto},
	}, {
		name:  "livechat",
		auth:  "https://accounts.livechat.com/",
		token: "https://accounts.livechat.com/token",
		user:  "https://accounts.livechat.com/v2/accounts/me",
		at:    places{id: "account_id", name: "name", email: "email", verified: "email_verified", avatar: "avatar_url"},
	}, {
		name: "mailcow", scopes: "profile", // wherever it is installed
		at:    places{id: "id", name: "full_name", username: "username", email: "email", alive: "active", is: json.Number("1")},
		quirk: quirk{finish: mailcowName},
	}, {
		name: "planningcenter", scopes: "people",
		auth:  "https://api.planningcenteronline.com/oauth/authorize",
		token: "https://api.planningcenteronline.com/oauth/token",
		user:  "https://api.planningcenteronline.com/people/v2/me",
		at:    places{root: "data", id: "id", name: "attributes.name", avatar: "attributes.avatar", alive: "attributes.status", is: "active"},
	},
	oidc("oidc"), oidc("oidc2"), oidc("oidc3"),
}

// oidc is a row for any provider that speaks OpenID Connect.
func oidc(name string) row {
	return row{
		name: name, scopes: "openid email profile",
		at: places{
			id: "sub", name: "name", username: "preferred_username", email: "email", verified: "email_verified", loose: true,
			avatar: "picture",
		},
		quirk: quirk{read: oidcClaims},
	}
}

func find(name string) (row, bool) {
	for _, r := range table {
		if r.name == name {
			return r, true
		}
	}
	return row{}, false
}

// Names are all providers, in the order of display.
func Names() []string {
	names := make([]string, len(table))
	for i, r := range table {
		names[i] = r.name
	}
	return names
}
