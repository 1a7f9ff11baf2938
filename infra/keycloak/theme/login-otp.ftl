<#import "template.ftl" as layout>
<#import "fields.ftl" as fields>
<@layout.registrationLayout displayMessage=!messagesPerField.existsError('totp'); section>
<#if section = "header">${msg("himaya.codeTitle")}
<#elseif section = "form">
<form id="kc-otp-login-form" action="${url.loginAction}" method="post">
<#if otpLogin.userOtpCredentials?size gt 1>
<div class="govuk-form-group"><fieldset class="govuk-fieldset">
<legend class="govuk-fieldset__legend">${msg("himaya.whichApp")}</legend>
<div class="govuk-radios">
<#list otpLogin.userOtpCredentials as one>
<div class="govuk-radios__item">
<input class="govuk-radios__input" type="radio" id="app-${one?index}" name="selectedCredentialId" value="${one.id}"<#if one.id == otpLogin.selectedCredentialId> checked</#if>>
<label class="govuk-label govuk-radios__label" for="app-${one?index}">${one.userLabel!}</label>
</div>
</#list>
</div>
</fieldset></div>
</#if>
<@fields.question name="otp" label=msg("loginOtpOneTime") hint=msg("himaya.codeHint") error=fields.wrong("totp") more='inputmode="numeric" autocomplete="one-time-code" autofocus'/>
<@fields.button name="login" label=msg("doLogIn")/>
</form>
</#if>
</@layout.registrationLayout>
