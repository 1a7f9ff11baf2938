<#import "template.ftl" as layout>
<#import "fields.ftl" as fields>
<@layout.registrationLayout displayMessage=!messagesPerField.existsError('username','password'); section>
<#if section = "header">${msg("loginAccountTitle")}
<#elseif section = "form">
<form id="kc-form-login" action="${url.loginAction}" method="post">
<#if !usernameHidden??>
<@fields.question name="username" label=msg("username") value=(login.username!'') error=fields.wrong("username", "password") more='autocomplete="username" autofocus'/>
</#if>
<@fields.question name="password" label=msg("password") kind="password" error=(usernameHidden??)?then(fields.wrong("username", "password"), "") more='autocomplete="current-password"'/>
<input type="hidden" name="credentialId" value="${(auth.selectedCredential)!}">
<@fields.button name="login" label=msg("doLogIn")/>
</form>
</#if>
</@layout.registrationLayout>
