<#import "template.ftl" as layout>
<@layout.registrationLayout; section>
<#if section = "header">${msg("pageExpiredTitle")}
<#elseif section = "form">
<p><a class="govuk-button" href="${url.loginRestartFlowUrl}">${msg("pageExpiredMsg1")}</a></p>
<p><a href="${url.loginAction}">${msg("pageExpiredMsg2")}</a></p>
</#if>
</@layout.registrationLayout>
