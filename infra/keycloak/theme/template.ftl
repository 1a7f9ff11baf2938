<#-- The frame of every page of the realm, as the staff pages have it. Nothing here needs a script. -->
<#macro registrationLayout bodyClass="" displayInfo=false displayMessage=true displayRequiredFields=false>
<#assign wrong = messagesPerField?? && messagesPerField.existsError('username','password','totp','userLabel','password-confirm')>
<!DOCTYPE html>
<html lang="${lang}" translate="no" class="govuk-template">
<head>
<meta charset="utf-8">
<title><#if wrong>${msg("himaya.errorPrefix")}: </#if><#nested "header"> – ${msg("himaya.name")}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<meta name="google" content="notranslate">
<link rel="icon" href="data:,">
<#list (properties.styles!)?split(" ") as style>
<link rel="stylesheet" href="${url.resourcesPath}/${style}">
</#list>
</head>
<body class="govuk-template__body">
<a href="#main-content" class="govuk-skip-link">${msg("himaya.skip")}</a>
<header>
<div class="app-bar"><div class="govuk-width-container app-bar__name">${msg("himaya.name")}</div></div>
</header>
<div class="govuk-width-container">
<main class="govuk-main-wrapper" id="main-content">
<h1><#nested "header"></h1>
<#if auth?has_content && auth.showUsername() && !auth.showResetCredentials()>
<p class="app-long">${auth.attemptedUsername} · <a href="${url.loginRestartFlowUrl}">${msg("himaya.anotherPerson")}</a></p>
</#if>
<#if displayMessage && message?has_content>
<#if message.type = "error">
<p class="govuk-error-message" role="alert">${kcSanitize(message.summary)?no_esc}</p>
<#else>
<p class="app-notice" role="status">${kcSanitize(message.summary)?no_esc}</p>
</#if>
</#if>
<#nested "form">
<#nested "socialProviders">
<#if displayInfo><#nested "info"></#if>
</main>
</div>
<#if realm.internationalizationEnabled && locale?? && (locale.supported?size gt 1)>
<footer class="app-foot"><div class="govuk-width-container">
<nav aria-label="${msg("himaya.language")}"><ul class="app-foot__list app-languages">
<#list locale.supported as one>
<#if one.languageTag = locale.currentLanguageTag>
<li lang="${one.languageTag}"><span class="app-languages__current" aria-current="true">${msg("himaya.language." + one.languageTag)}</span></li>
<#else>
<li lang="${one.languageTag}"><a class="app-plain" href="${one.url}">${msg("himaya.language." + one.languageTag)}</a></li>
</#if>
</#list>
</ul></nav>
</div></footer>
</#if>
</body>
</html>
</#macro>
