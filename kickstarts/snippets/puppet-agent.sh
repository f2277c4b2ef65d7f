<%# install_puppet ROOT: what the Puppet agent of the system below ROOT is told: its name, its server, whom to believe, and the
challenge by which its request for a certificate is known to be that of this installation. For the packages of Debian, and for those
of Puppet in /opt/puppetlabs. There is no empty line and each ends in a
backslash, so that a preseed file can have it within one of its values. %>install_puppet() { \
  puppet_conf="$1/etc/puppet"; puppet_ssl="$1/var/lib/puppet/ssl"; \
  if [ -d "$1/opt/puppetlabs" ]; then puppet_conf="$1/etc/puppetlabs/puppet"; puppet_ssl="$puppet_conf/ssl"; fi; \
  mkdir -p "$puppet_conf" "$puppet_ssl/certs"; \
  : > "$puppet_conf/csr_attributes.yaml"; chmod 600 "$puppet_conf/csr_attributes.yaml"; \
  printf '%s\n' 'custom_attributes:' '  1.2.840.113549.1.9.7: {{ puppet.challenge | secret }}' > "$puppet_conf/csr_attributes.yaml"; \
  printf '%s\n'{% for line in puppet.caLines %} '{{ line }}'{% endfor %} > "$puppet_ssl/certs/ca.pem"; \
  grep -q '^\[agent\]' "$puppet_conf/puppet.conf" 2>/dev/null || echo '[agent]' >> "$puppet_conf/puppet.conf"; \
  sed -i -e '/^\[agent\]/a certname = {{ puppet.certname }}' -e '/^\[agent\]/a server = {{ puppet.server }}' "$puppet_conf/puppet.conf"; \
}; \
