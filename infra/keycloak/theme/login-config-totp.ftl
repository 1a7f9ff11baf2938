<#import "template.ftl" as layout>
<#import "fields.ftl" as fields>
<@layout.registrationLayout displayMessage=!messagesPerField.existsError('totp','userLabel'); section>
<#if section = "header">${msg("loginTotpTitle")}
<#elseif section = "form">
<ol class="govuk-list govuk-list--number">
<li>${msg("loginTotpStep1")} <#list totp.supportedApplications as app>${msg(app)}<#sep>, </#list>.</li>
<#if mode?? && mode = "manual">
<li>${msg("loginTotpManualStep2")}
<p class="app-long"><strong id="kc-totp-secret-key">${totp.totpSecretEncoded}</strong></p>
<p><a href="${totp.qrUrl}">${msg("loginTotpScanBarcode")}</a></p></li>
<#else>
<li>${msg("loginTotpStep2")}
<p><img src="data:image/png;base64, ${totp.totpSecretQrCode}" alt="${msg("himaya.picture")}"></p>
<p><a href="${totp.manualUrl}">${msg("loginTotpUnableToScan")}</a></p></li>
</#if>
<li>${msg("loginTotpStep3")}</li>
</ol>
<form id="kc-totp-settings-form" action="${url.loginAction}" method="post">
<@fields.question name="totp" label=msg("loginOtpOneTime") error=fields.wrong("totp") more='inputmode="numeric" autocomplete="one-time-code"'/>
<input type="hidden" name="totpSecret" value="${totp.totpSecret}">
<#if mode??><input type="hidden" name="mode" value="${mode}"></#if>
<@fields.question name="userLabel" label=msg("loginTotpDeviceName") hint=msg("loginTotpStep3DeviceName") error=fields.wrong("userLabel") more='autocomplete="off"'/>
<@fields.button name="save" label=msg("doSubmit")/>
<#if isAppInitiatedAction??>
<@fields.button name="cancel-aia" label=msg("doCancel") more='value="true"' look="govuk-button--secondary"/>
</#if>
</form>
</#if>
</@layout.registrationLayout>
